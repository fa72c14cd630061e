//! The common form of an address, `local@domain` of plain letters, told from other texts in one scan.
//!
//! Every rule is about what kinds of letters there are and which stand beside each other, so the scan only
//! gathers that and nothing in it branches on a letter. What is not an address here may still be one to the
//! whole grammar; what is, is the same address there.

use memchr::memchr;

/// What a text is, as far as can be seen at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// There is no `@` in it, so it is no address.
    WithoutAt,
    /// An address from end to end, with the place of its `@`.
    Plain { at: usize, has_plus: bool },
    /// Ask the grammar.
    Unclear,
}

// Kinds of letters.
const WORD: u8 = 0;
const DIVIDES: u8 = 1;
const UNDERSCORE: u8 = 2;
const PLUS: u8 = 4;
const OTHER: u8 = 8;

static KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => WORD,
            b'.' | b'-' => DIVIDES,
            b'_' => UNDERSCORE,
            b'+' => PLUS,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

/// The longest label, and the longest top-level domain, that the grammar has.
const LABEL: usize = 63;
const TOP: usize = 26;

/// Looks at a text.
#[inline]
pub(crate) fn shape(text: &str) -> Shape {
    let text = text.as_bytes();
    let Some(at) = memchr(b'@', text) else { return Shape::WithoutAt };
    let (local, domain) = (&text[..at], &text[at + 1..]);
    let kinds = kinds(local);
    let is_plain = kinds & (DIVIDES | OTHER) == 0
        && self::kinds(domain) == 0
        && domain.len() <= LABEL
        && ends_in_top(domain);
    if is_plain { Shape::Plain { at, has_plus: kinds & PLUS != 0 } } else { Shape::Unclear }
}

/// The kinds of letters in a text. What divides is among them only if it stands at an end, or beside another of
/// its kind; the grammar allows more of the hyphen.
#[inline]
fn kinds(text: &[u8]) -> u8 {
    let (mut found, mut side_by_side, mut before) = (0, 0, DIVIDES);
    for &byte in text {
        let kind = KINDS[usize::from(byte)];
        found |= kind;
        side_by_side |= kind & before;
        before = kind;
    }
    found & !DIVIDES | (side_by_side | before) & DIVIDES
}

/// Whether the last label, of two at least, is one of letters.
#[inline]
fn ends_in_top(domain: &[u8]) -> bool {
    let letters = domain.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    (2..=TOP).contains(&letters) && domain.len() > letters && domain[domain.len() - letters - 1] == b'.'
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

    use super::*;
    use crate::email::address::whole_mailbox;
    use crate::email::cursor::Cursor;

    /// Addresses that are nearly right, wrong ones, and any text at all.
    pub(crate) fn hostile() -> impl Strategy<Value = String> {
        let label = prop_oneof!["[a-zA-Z0-9]{1,4}", "[a-zA-Z]{2,12}", "[0-9-]{1,3}", "[a-zA-Z0-9-]{60,66}"];
        let labels = prop::collection::vec(label, 1..4).prop_map(|labels| labels.join("."));
        let near = ("[a-zA-Z0-9._+-]{0,40}", labels).prop_map(|(local, domain)| format!("{local}@{domain}"));
        let noises = prop::sample::select(vec![
            ".", "..", "-", "+", "_", "@", " ", "\t", "\r\n ", "\0", "\u{7f}", "é", "\u{212a}", "\"", "\\",
            "(", ")", "<", ">", ",", ";", ":", "!", "'", "~", "[", "]", "%", "",
        ]);
        let noise = noises.prop_map(str::to_owned);
        let pieces = prop_oneof!["[a-zA-Z0-9]{1,9}", "[a-z]{1,3}@[a-z]{1,9}\\.[a-z]{1,3}", noise.clone()];
        prop_oneof![
            near.clone(),
            (near, noise, any::<prop::sample::Index>()).prop_map(|(mut text, noise, at)| {
                text.insert_str(at.index(text.len() + 1), &noise);
                text
            }),
            prop::collection::vec(pieces, 0..9).prop_map(|pieces| pieces.concat()),
            any::<String>(),
        ]
    }

    fn assert_is_that_of_the_grammar(text: &str) {
        let mailbox = whole_mailbox(&mut Cursor::new(text));
        match shape(text) {
            Shape::WithoutAt => assert_eq!(mailbox, None, "{text:?}"),
            Shape::Plain { at, has_plus } => {
                let mailbox = mailbox.unwrap_or_else(|| panic!("{text:?} is not an address"));
                assert_eq!((mailbox.local, mailbox.domain), (&text[..at], &text[at + 1..]));
                assert_eq!(mailbox.display_name, None);
                assert_eq!(has_plus, mailbox.local.contains('+'), "{text:?}");
            }
            Shape::Unclear => {}
        }
    }

    proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        #[test]
        fn what_is_plain_is_the_same_to_the_grammar(text in hostile()) {
            assert_is_that_of_the_grammar(&text);
        }

        /// The common form does not fall through to the grammar.
        #[test]
        fn the_common_form_is_plain(text in "[a-z0-9]{1,8}([._+-][A-Za-z0-9]{1,8}){0,3}@([a-z0-9]{1,9}[.-]){1,3}[A-Za-z]{2,9}") {
            let is_address = whole_mailbox(&mut Cursor::new(&text)).is_some();
            prop_assert_eq!(matches!(shape(&text), Shape::Plain { .. }), is_address);
        }
    }

    #[test]
    fn shapes_are_told_apart() {
        let plain = |at, has_plus| Shape::Plain { at, has_plus };
        let (label, longer) = ("n".repeat(63), "n".repeat(64));
        let (top, longer_top) = ("o".repeat(26), "o".repeat(27));
        let cases = [
            ("", Shape::WithoutAt),
            ("KDcuGIm1QgePTO8WbOqwIQ", Shape::WithoutAt),
            ("Nora Quill", Shape::WithoutAt),
            ("nora@lumen-orchard.example", plain(4, false)),
            ("No.Ra_q-x@Lumen.Example", plain(9, false)),
            ("nora+a+b@x.co", plain(8, true)),
            ("+@x.co", plain(1, true)),
            ("7@1.2.co", plain(1, false)),
            (&format!("{label}@x.{top}"), plain(63, false)),
            (&format!("n@x.{longer_top}"), Shape::Unclear),
            (&format!("n@{label}.co"), Shape::Unclear),
            (&format!("n@{longer}.co"), Shape::Unclear),
            ("@x.co", Shape::Unclear),
            ("nora@", Shape::Unclear),
            ("nora@x", Shape::Unclear),
            ("nora@.co", Shape::Unclear),
            ("nora@x.c", Shape::Unclear),
            ("nora@x.v2", Shape::Unclear),
            ("nora@x..co", Shape::Unclear),
            ("nora@x.co.", Shape::Unclear),
            ("nora@-x.co", Shape::Unclear),
            ("nora@x-.co", Shape::Unclear),
            ("nora@x_y.co", Shape::Unclear),
            ("nora@x+y.co", Shape::Unclear),
            ("nora@y@x.co", Shape::Unclear),
            (".nora@x.co", Shape::Unclear),
            ("nora.@x.co", Shape::Unclear),
            ("no..ra@x.co", Shape::Unclear),
            (" nora@x.co", Shape::Unclear),
            ("nora@x.co ", Shape::Unclear),
            ("nora@x.co\0", Shape::Unclear),
            ("no\0ra@x.co", Shape::Unclear),
            ("n\u{f6}ra@x.co", Shape::Unclear),
            ("\"nora\"@x.co", Shape::Unclear),
            ("Nora <nora@x.co>", Shape::Unclear),
            // The grammar takes these, by the longer way.
            ("-nora@x.co", Shape::Unclear),
            ("nora@x--y.co", Shape::Unclear),
            ("o'nora@x.co", Shape::Unclear),
        ];
        for (text, expected) in cases {
            assert_eq!(shape(text), expected, "{text:?}");
            assert_is_that_of_the_grammar(text);
        }
    }
}
