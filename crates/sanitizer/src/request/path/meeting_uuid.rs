//! Meeting UUIDs: 16 bytes in standard base64, so that a path segment may hold `/`, `+` and `=`.

use crate::request::percent;

/// Characters of a meeting UUID: 22 of base64, then `==`.
const UUID: usize = 24;

/// A meeting UUID at the start of the text, each character raw, encoded once or encoded twice, up to a
/// slash or the end: decoded, and its length as spelled.
pub(super) fn at_start(text: &str) -> Option<(String, usize)> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut uuid = String::with_capacity(UUID);
    while uuid.len() < UUID {
        let (c, length) = match bytes.get(at)? {
            b'%' if bytes[at + 1..].starts_with(b"25") => (percent::byte(&bytes[at + 3..])?, 5),
            b'%' => (percent::byte(&bytes[at + 1..])?, 3),
            &c => (c, 1),
        };
        let fits = match uuid.len() {
            0..22 => c.is_ascii_alphanumeric() || c == b'+' || c == b'/',
            _ => c == b'=',
        };
        if !fits {
            return None;
        }
        uuid.push(char::from(c));
        at += length;
    }
    matches!(bytes.get(at), None | Some(b'/')).then_some((uuid, at))
}

/// Whether the text is a meeting UUID without any encoding.
pub(super) fn is_one(text: &str) -> bool {
    !text.contains('%') && at_start(text).is_some_and(|(_, length)| length == text.len())
}

#[cfg(test)]
mod tests {
    use super::super::{Path, Segment};
    use super::*;

    #[test]
    fn reads_every_spelling_of_a_meeting_uuid() {
        let plain = "abCD12+/xyABCDEFGHIJ/w==";
        let leading = "/bCD12+xxyABCDEFGHIJkw==";
        let double = "abCD12+//yABCDEFGHIJkw==";
        for (uuid, spelled) in [
            (plain, "abCD12%2B%2FxyABCDEFGHIJ%2Fw%3D%3D"),
            (leading, "%252FbCD12%252BxxyABCDEFGHIJkw%253D%253D"),
            (double, "abCD12%252B%252F%252FyABCDEFGHIJkw%253D%253D"),
        ] {
            let once = percent::component(uuid);
            let twice = percent::component(&once);
            let mixed = uuid.replace('=', "%3D");
            let mixed_more = uuid.replacen('/', "%252f", 1).replacen('=', "%3d", 1);
            for raw in [uuid.to_owned(), once, twice, mixed, mixed_more] {
                for (before, after) in [("/v2/past_meetings/", "/participants"), ("/v2/meetings/", "")] {
                    let path = Path::read(&format!("{before}{raw}{after}")).unwrap();
                    assert_eq!(path.text(), format!("{before}{spelled}{after}"), "{raw}");
                    assert_eq!(path.sent(), path.text());
                    let segment = path.meeting_uuid(spelled).unwrap();
                    assert_eq!(segment.decoded(), uuid);
                    let stand_in = uuid.replace(['/', '+'], "A");
                    assert_eq!(path.stand_in().unwrap(), format!("{before}{stand_in}{after}"));
                }
            }
        }
    }

    #[test]
    fn takes_nothing_else_for_a_meeting_uuid() {
        for raw in [
            "/m/abCD12+/xyABCDEFGHIJ/w==x",      // goes on
            "/m/abCD12+%2FxyABCDEFGHIJkkw==",    // one too long
            "/m/abCD12+%2FxyABCDEFGHIJ/w=%3D.x", // goes on
            "/m/abCD12-%2FxyABCDEFGHIJ_w==",     // base64url
            "/m/abCD%2525252FxyABCDEFGHIJ%2Fw==",
        ] {
            let read = Path::read(raw);
            assert!(read.is_err() || read.is_ok_and(|path| path.stand_in().is_none()), "{raw}");
        }
    }

    proptest::proptest! {
        #[test]
        fn reads_any_uuid_in_any_spelling(
            uuid in "[A-Za-z0-9+/]{22}==",
            levels in proptest::collection::vec(0..3_u8, 24),
        ) {
            let spell = |(c, level): (char, u8)| match level {
                0 => c.to_string(),
                1 => format!("%{:02x}", c as u32),
                _ => format!("%25{:02X}", c as u32),
            };
            let spelled: String = uuid.chars().zip(levels).map(spell).collect();
            let path = Path::read(&format!("/v2/past_meetings/{spelled}/participants")).map_err(|it| it.code());
            let expected = format!("/v2/past_meetings/{}/participants", Segment::meeting_uuid(&uuid).spelled());
            proptest::prop_assert_eq!(path.map(|it| it.sent()), Ok(expected));
        }
    }
}
