//! One spelling for all that differ in letter case, accents and Unicode's normal forms only.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Compatibility-decomposed, without combining marks, in lower case: `ÖRN`, `örn` in either normal form and `ｏrn` are
/// all `orn`.
pub(super) fn fold(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_ascii() {
        return bytes.to_ascii_lowercase();
    }
    let text = String::from_utf8_lossy(bytes);
    let letters = text.nfkd().filter(|letter| !is_combining_mark(*letter));
    // Upper case first, so that ß and ss are one.
    let folded = letters.flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    folded.collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn what_looks_the_same_is_the_same() {
        let same =
            ["Stra\u{df}e \u{d6}rn", "STRASSE O\u{308}RN", "strasse \u{ff4f}rn", "stra\u{df}e o\u{308}rn"];
        for text in same {
            assert_eq!(fold(text.as_bytes()), b"strasse orn", "{text}");
        }
        assert_eq!(fold(b"A\xff1"), "a\u{fffd}1".as_bytes());
    }
}
