//! Invented people with the identifiers that Zoom gives: the same number is always the same person.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine};

/// Given names as shown, and as they stand in an address.
const GIVEN: [(&str, &str); 16] = [
    ("Mirela", "mirela"),
    ("Tobias", "tobias"),
    ("さくら", "sakura"),
    ("Ayodele", "ayodele"),
    ("Zofia", "zofia"),
    ("Casimir", "casimir"),
    ("Priya", "priya"),
    ("Nora", "nora"),
    ("Jean-Loup", "jean-loup"),
    ("Óscar", "oscar"),
    ("Henrike", "henrike"),
    ("Wambui", "wambui"),
    ("Ilse", "ilse"),
    ("Dragan", "dragan"),
    ("Béatrice", "beatrice"),
    ("Tamsin", "tamsin"),
];

/// Family names, the same way.
const FAMILY: [(&str, &str); 16] = [
    ("Okonjo-Strand", "okonjo-strand"),
    ("Quillfeather", "quillfeather"),
    ("羽田", "haneda"),
    ("Brannigan-Søreide", "brannigan-soreide"),
    ("Ní Chonaill", "nichonaill"),
    ("Drake", "drake"),
    ("Venn", "venn"),
    ("Applegarth", "applegarth"),
    ("Moss", "moss"),
    ("Thistlewood", "thistlewood"),
    ("van der Kweek", "vanderkweek"),
    ("Perelló", "perello"),
    ("Hollindrake", "hollindrake"),
    ("Mbeki-Larsen", "mbeki-larsen"),
    ("Szabó", "szabo"),
    ("Farrowgate", "farrowgate"),
];

const DEPARTMENTS: [&str; 8] = [
    "Orchard Systems",
    "Harvest Analytics",
    "Grafting & Care",
    "Cold Store",
    "People",
    "Legal",
    "Pear Research",
    "Sales, North",
];

/// One of as many people as there are numbers.
#[derive(Clone, Copy)]
pub(crate) struct Person(pub(crate) u64);

impl Person {
    pub(crate) fn given(self) -> &'static str {
        self.names().0.0
    }

    pub(crate) fn family(self) -> &'static str {
        self.names().1.0
    }

    pub(crate) fn name(self) -> String {
        format!("{} {}", self.given(), self.family())
    }

    /// Numbered, because there are more people than names.
    pub(crate) fn email(self, domain: &str) -> String {
        let (given, family) = self.names();
        format!("{}.{}{}@{domain}", given.1, family.1, self.0)
    }

    pub(crate) fn department(self) -> &'static str {
        DEPARTMENTS[(random(self.0, 2) % 8) as usize]
    }

    /// The id that Zoom gives, such as `KDcuGIm1QgePTO8WbOqwIQ`.
    pub(crate) fn id(self) -> String {
        token(self.0, 3)
    }

    /// The number that a personal room has.
    pub(crate) fn room(self) -> u64 {
        number(self.0, 4, 10)
    }

    pub(crate) fn staff_number(self) -> String {
        format!("LO-{}", 10_000 + self.0)
    }

    fn names(self) -> (&'static (&'static str, &'static str), &'static (&'static str, &'static str)) {
        (&GIVEN[(random(self.0, 0) % 16) as usize], &FAMILY[(random(self.0, 1) % 16) as usize])
    }
}

/// Sixteen bytes in 22 letters, as Zoom names users, groups and registrants.
pub(crate) fn token(of: u64, salt: u64) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(sixteen(of, salt))
}

/// Sixteen bytes in 24 letters, as Zoom names meetings that took place.
pub(crate) fn uuid(of: u64, salt: u64) -> String {
    BASE64_STANDARD.encode(sixteen(of, salt))
}

/// A number of so many digits.
pub(crate) fn number(of: u64, salt: u64, digits: u32) -> u64 {
    let least = 10_u64.pow(digits - 1);
    least + random(of, salt) % (9 * least)
}

/// A time of 2026.
pub(crate) fn time(of: u64, salt: u64) -> String {
    let it = random(of, salt);
    let (month, day, hour) = (1 + it % 12, 1 + (it >> 8) % 28, (it >> 16) % 24);
    format!("2026-{month:02}-{day:02}T{hour:02}:{:02}:{:02}Z", (it >> 24) % 60, (it >> 32) % 60)
}

fn sixteen(of: u64, salt: u64) -> [u8; 16] {
    let both = u128::from(random(of, salt)) << 64 | u128::from(random(of, salt ^ 0x5555));
    both.to_be_bytes()
}

/// SplitMix64: as good as chance, and the same in every run.
pub(crate) fn random(of: u64, salt: u64) -> u64 {
    let mut it = of.wrapping_add(salt << 40).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}
