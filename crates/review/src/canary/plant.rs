//! Canaries: values that occur nowhere else, in the shapes that personal data has, each with the place it was planted.

use std::fmt;

use serde_json::{Number, Value};
use unicode_normalization::UnicodeNormalization;
use vizard_sanitizer::outline::FieldPath;

/// One value that occurs nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct Canary {
    /// The endpoint whose answer it stands in, by its position in the rule file.
    pub endpoint: usize,
    /// Where.
    pub place: Planted,
    /// What it looks like.
    pub shape: Shape,
    text: String,
    needles: Vec<(String, Piece)>,
}

/// Where a canary stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Planted {
    /// The value of a field.
    Field(FieldPath),
    /// The name of a member of this object.
    Name(FieldPath),
    /// A response header.
    Header(&'static str),
    /// In something else, which these words name.
    Elsewhere(&'static str),
}

/// What a canary looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    /// `Zq000001.Kvx+Tq000001Kvx@Zd000001Kvx.example`.
    Email,
    /// A name that is not all ASCII, and an address in angle brackets.
    Mailbox,
    /// Grouped digits.
    Phone,
    /// A name that is not all ASCII, in either normal form.
    Name,
    /// 22 letters and digits.
    Id,
    /// A link with percent-escapes.
    Url,
    /// Twelve digits, as a number.
    Number,
    /// Twelve digits, as text.
    Digits,
    /// A sentence with quotes, slashes and line ends.
    Text,
    /// A time with something behind it.
    Time,
    /// An IPv6 address.
    Address,
    /// The name of a member.
    Key,
}

/// What a part of a canary says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Which canary it is.
    Own,
    /// The domain of an e-mail address, which may stay where all else of it must go.
    Domain,
}

impl Shape {
    /// The shapes of texts.
    pub const TEXTS: [Shape; 10] = [
        Shape::Email,
        Shape::Mailbox,
        Shape::Phone,
        Shape::Name,
        Shape::Id,
        Shape::Url,
        Shape::Digits,
        Shape::Text,
        Shape::Time,
        Shape::Address,
    ];
}

/// Makes canaries, the same ones for the same seed.
#[derive(Debug)]
pub struct Canaries {
    seed: u64,
    all: Vec<Canary>,
}

impl Canaries {
    /// None yet.
    pub fn seeded(seed: u64) -> Canaries {
        Canaries { seed, all: Vec::new() }
    }

    /// All that were planted; the position is the number that a search tells.
    pub fn all(&self) -> &[Canary] {
        &self.all
    }

    /// Makes one for a place, as text.
    pub fn text(&mut self, shape: Shape, endpoint: usize, place: Planted) -> String {
        let number = self.all.len() as u64 + 1;
        let (text, needles) = made(shape, number, mixed(self.seed, number));
        self.all.push(Canary { endpoint, place, shape, text: text.clone(), needles });
        text
    }

    /// Makes one for a place, as a value: a number for [`Shape::Number`], or else text.
    pub fn value(&mut self, shape: Shape, endpoint: usize, place: Planted) -> Value {
        let text = self.text(shape, endpoint, place);
        match (shape, text.parse::<u64>()) {
            (Shape::Number, Ok(number)) => Value::Number(Number::from(number)),
            _ => Value::String(text),
        }
    }
}

impl Canary {
    /// As it was planted.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a part of its text gives it away.
    pub(super) fn shows(&self, part: &str) -> bool {
        self.needles.iter().any(|(needle, _)| part.contains(needle.as_str()))
    }

    /// The texts that give it away.
    pub(super) fn needles(&self) -> impl Iterator<Item = (String, Piece)> {
        self.needles.iter().cloned()
    }
}

impl fmt::Display for Planted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Planted::Field(path) => write!(out, "`{path}`"),
            Planted::Name(path) => write!(out, "a member name in `{path}`"),
            Planted::Header(name) => write!(out, "the header `{name}`"),
            Planted::Elsewhere(what) => out.write_str(what),
        }
    }
}

impl fmt::Debug for Canary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Canary").field("place", &self.place).field("shape", &self.shape).finish()
    }
}

/// The text of a canary and what gives it away.
fn made(shape: Shape, number: u64, dice: u64) -> (String, Vec<(String, Piece)>) {
    let tail: String = (0..3).map(|turn| letter(dice >> (turn * 8))).collect();
    let mark = |first: &str| format!("{first}{number:06}{tail}");
    let (own, tag, domain, odd) = (mark("Zq"), mark("Tq"), mark("Zd"), format!("Wq{number:06}\u{d6}{tail}"));
    // In twos: composed and decomposed.
    let odd: String = if number.is_multiple_of(2) { odd.nfd().collect() } else { odd };
    let dotted = format!("Zq{number:06}.{tail}");
    // No two have the same, and the same digits seldom follow each other in two of them.
    let digits = (710_000_000_000 + number.wrapping_mul(1_000_003) % 100_000_000_000).to_string();
    let of = |text: &str| (text.to_owned(), Piece::Own);
    match shape {
        Shape::Email => (
            format!("{dotted}+{tag}@{domain}.example"),
            vec![of(&dotted), of(&own), of(&tag), (domain, Piece::Domain)],
        ),
        Shape::Mailbox => (
            format!("{odd} Quill <{own}@{domain}.example>"),
            vec![of(&odd), of(&own), (domain, Piece::Domain)],
        ),
        Shape::Phone => {
            let text = format!("+{} ({}) {}-{}", &digits[..2], &digits[2..5], &digits[5..8], &digits[8..]);
            let national = format!("({}) {}-{}", &digits[2..5], &digits[5..8], &digits[8..]);
            (text, vec![of(&national), of(&digits), of(&digits[2..])])
        }
        Shape::Name => (format!("{odd} \u{c5}ngquist"), vec![of(&odd)]),
        Shape::Id => (format!("{own}{:A<11}", ""), vec![of(&own)]),
        Shape::Url => {
            let (path, escaped) = (mark("Wq"), "%C3%96%2f");
            let text = format!("https://{own}.example/{path}{escaped}{tag}?t=1&u=2#x");
            (text, vec![of(&own), of(&path), of(&tag)])
        }
        Shape::Number | Shape::Digits => {
            let exponent = format!("{}.{}", &digits[..1], digits[1..].trim_end_matches('0'));
            let hexadecimal = digits.parse::<u64>().map(|it| format!("{it:x}")).unwrap_or_default();
            let known = [&digits, &exponent, &hexadecimal].map(|needle| of(needle)).to_vec();
            (digits.clone(), known)
        }
        Shape::Text => {
            let quoted = format!("{odd}\"/\\{tail}");
            (format!("{own} said:\n\"{quoted}\"\t\u{1f642}"), vec![of(&own), of(&odd), of(&quoted)])
        }
        Shape::Time => (format!("2026-03-04T05:06:07Z {own}"), vec![of(&own)]),
        Shape::Address => {
            let groups = [number >> 16 & 0xffff, number & 0xffff, dice & 0xffff, dice >> 16 & 0xffff];
            let [a, b, c, d] = groups.map(|group| group | 0x1000);
            let text = format!("fd5a:71{:02x}:{a:x}:{b:x}:{c:x}:{d:x}:1:1", dice >> 32 & 0xff);
            let bare = text.replace(':', "");
            let inner = format!("{a:x}:{b:x}:{c:x}:{d:x}");
            (text, vec![of(&inner), of(&bare)])
        }
        Shape::Key => (own.clone(), vec![of(&own)]),
    }
}

/// A letter that few words and no hexadecimal number have.
fn letter(dice: u64) -> char {
    char::from(b"gjkmpvwxyz"[usize::try_from(dice % 10).unwrap_or_default()])
}

/// SplitMix64.
fn mixed(seed: u64, number: u64) -> u64 {
    let mut z = seed.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ z >> 31
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_canary_is_in_another_and_the_same_seed_makes_the_same() {
        let shapes = Shape::TEXTS.into_iter().chain([Shape::Number, Shape::Key]);
        let shapes: Vec<Shape> = shapes.cycle().take(6000).collect();
        let make = |seed| {
            let mut canaries = Canaries::seeded(seed);
            let place = Planted::Field(FieldPath::ROOT);
            let texts: Vec<String> =
                shapes.iter().map(|shape| canaries.text(*shape, 0, place.clone())).collect();
            (texts, canaries)
        };
        let (texts, canaries) = make(1);
        assert_eq!(texts, make(1).0);
        assert_ne!(texts, make(2).0);
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), texts.len());
        let search = super::super::search::Search::of(canaries.all());
        for (number, text) in texts.iter().enumerate() {
            let hits: BTreeSet<usize> = search.find(text.as_bytes()).hits.keys().map(|it| it.0).collect();
            assert_eq!(hits, BTreeSet::from([number]), "{text}");
        }
    }
}
