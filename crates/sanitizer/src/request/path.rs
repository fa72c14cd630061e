//! A raw request path as the segments it means, in one spelling, or a refusal.
//!
//! Whatever two readers of a path could disagree about is refused: dot segments, empty segments, encoded
//! separators, double encoding, control characters. So the path that the rules judge is the path that the
//! source reads. The one exception are meeting UUIDs, base64 with `/` in it, which reach us in several
//! spellings and leave in one.

mod meeting_uuid;

use super::percent;
use super::refusal::{Check, Refusal};

const MAX_PATH: usize = 4096;

/// A path with nothing ambiguous in it.
#[derive(Clone)]
pub(super) struct Path {
    segments: Vec<Segment>,
    /// What the rules are matched against.
    text: String,
    /// The same with a slash-free stand-in for each meeting UUID.
    stand_in: Option<String>,
}

/// What stands between two slashes.
#[derive(Clone)]
pub(super) struct Segment {
    /// What the rules see.
    spelled: String,
    /// What the source is sent.
    sent: String,
    decoded: String,
    /// Of a meeting UUID: a form without slashes that `[A-Za-z0-9+/]{22}==` and `[^/?]+` both match.
    stand_in: Option<String>,
}

impl Path {
    /// Reads a path that starts with `/` and is still percent-encoded.
    pub(super) fn read(raw: &str) -> Result<Path, Refusal> {
        if raw.len() > MAX_PATH {
            return Err(Refusal::of(Check::PathTooLong));
        }
        let mut rest = raw.strip_prefix('/').ok_or(Refusal::of(Check::PathMalformed))?;
        let mut segments = Vec::new();
        loop {
            let (segment, length) = match meeting_uuid::at_start(rest) {
                Some((uuid, length)) => (Segment::meeting_uuid(&uuid), length),
                None => {
                    let length = rest.find('/').unwrap_or(rest.len());
                    if length == 0 && !rest.is_empty() {
                        return Err(ambiguous(segments.len(), "is empty"));
                    }
                    (Segment::read(&rest[..length]).map_err(|flaw| flaw.refuse(segments.len()))?, length)
                }
            };
            segments.push(segment);
            match rest[length..].strip_prefix('/') {
                Some(after) => rest = after,
                None => return Ok(Path::of(segments)),
            }
        }
    }

    pub(super) fn of(segments: Vec<Segment>) -> Path {
        let join = |spelling: fn(&Segment) -> &str| -> String {
            segments.iter().flat_map(|segment| ["/", spelling(segment)]).collect()
        };
        let text = join(|segment| &segment.spelled);
        let stand_in = segments
            .iter()
            .any(|segment| segment.stand_in.is_some())
            .then(|| join(|segment| segment.stand_in.as_deref().unwrap_or(&segment.spelled)));
        Path { text, stand_in, segments }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn stand_in(&self) -> Option<&str> {
        self.stand_in.as_deref()
    }

    pub(super) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// What the source is sent.
    pub(super) fn sent(&self) -> String {
        self.segments.iter().flat_map(|segment| ["/", &segment.sent]).collect()
    }

    /// The meeting UUID that the rules saw as `text`.
    pub(super) fn meeting_uuid(&self, text: &str) -> Option<&Segment> {
        self.segments.iter().find(|segment| {
            segment.stand_in.as_deref().is_some_and(|stand_in| stand_in == text || segment.spelled == text)
        })
    }
}

/// Why a text is not one segment.
#[derive(Clone, Copy)]
pub(super) enum Flaw {
    Malformed,
    Ambiguous(&'static str),
}

impl Flaw {
    fn refuse(self, index: usize) -> Refusal {
        match self {
            Flaw::Malformed => Refusal::about(Check::PathMalformed, format!("path segment {}", index + 1)),
            Flaw::Ambiguous(how) => ambiguous(index, how),
        }
    }
}

fn ambiguous(index: usize, how: &str) -> Refusal {
    Refusal::of(Check::PathAmbiguous).hint(Some(format!("segment {} {how}", index + 1)))
}

impl Segment {
    /// One segment as the caller spelled it. An empty one passes: it is the trailing slash.
    pub(super) fn read(raw: &str) -> Result<Segment, Flaw> {
        if raw.contains('/') {
            return Err(Flaw::Ambiguous("holds a slash"));
        }
        let spelled = spell(raw).ok_or(Flaw::Malformed)?;
        let decoded = percent_encoding::percent_decode_str(&spelled).decode_utf8();
        let decoded = decoded.map_err(|_| Flaw::Malformed)?.into_owned();
        if decoded.contains(['/', '\\']) {
            return Err(Flaw::Ambiguous("holds a slash or backslash"));
        }
        if decoded.contains(char::is_control) {
            return Err(Flaw::Ambiguous("holds a control character"));
        }
        if percent::is_encoded(&decoded) {
            return Err(Flaw::Ambiguous("is encoded twice"));
        }
        // Some servers cut path parameters and white space off before they resolve dots.
        let head = decoded.split(';').next().unwrap_or_default().trim();
        if head.is_empty() && !decoded.is_empty() {
            return Err(Flaw::Ambiguous("is empty"));
        }
        if !head.is_empty() && head.bytes().all(|c| c == b'.') {
            return Err(Flaw::Ambiguous("is made of dots"));
        }
        // Some readers take `+` for a space; nobody misreads `%2B`.
        let sent = spelled.replace('+', "%2B");
        Ok(Segment { spelled, sent, decoded, stand_in: None })
    }

    /// An identifier that a token stood for, as one component.
    pub(super) fn identifier(text: &str) -> Result<Segment, Flaw> {
        if meeting_uuid::is_one(text) {
            return Ok(Segment::meeting_uuid(text));
        }
        if text.is_empty() {
            return Err(Flaw::Ambiguous("is empty"));
        }
        let component = percent::component(text);
        Ok(Segment { sent: component.clone(), ..Segment::read(&component)? })
    }

    /// Once encoded; twice where a router could take its slashes for the path's.
    fn meeting_uuid(uuid: &str) -> Segment {
        let once = percent::component(uuid);
        let twice = uuid.starts_with('/') || uuid.contains("//");
        let spelled = if twice { percent::component(&once) } else { once };
        let stand_in = uuid.replace(['/', '+'], "A");
        Segment { sent: spelled.clone(), spelled, decoded: uuid.to_owned(), stand_in: Some(stand_in) }
    }

    pub(super) fn spelled(&self) -> &str {
        &self.spelled
    }

    pub(super) fn decoded(&self) -> &str {
        &self.decoded
    }

    pub(super) fn is_meeting_uuid(&self) -> bool {
        self.stand_in.is_some()
    }
}

/// The one spelling of path text: what RFC 3986 allows in clear is in clear, the rest in upper-case
/// hexadecimal. `;` stays as it came, because encoded and clear it means two things. `None`: malformed.
pub(super) fn spell(raw: &str) -> Option<String> {
    let bytes = raw.as_bytes();
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    while at < bytes.len() {
        let encoded = bytes[at] == b'%';
        let c = if encoded { percent::byte(&bytes[at + 1..])? } else { bytes[at] };
        at += if encoded { 3 } else { 1 };
        let in_clear = c.is_ascii_alphanumeric()
            || b"-._~!$&'()*+,=:@".contains(&c)
            || (!encoded && (c == b';' || c == b'/'));
        if in_clear {
            out.push(char::from(c));
        } else {
            out.push_str(percent_encoding::percent_encode_byte(c));
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_two_readers_read_differently() {
        for (raw, code) in [
            ("", "path-malformed"),
            ("v2/users", "path-malformed"),
            ("*", "path-malformed"),
            ("/a/../b", "path-ambiguous"),
            ("/a/..", "path-ambiguous"),
            ("/./a", "path-ambiguous"),
            ("/a/%2e%2e/b", "path-ambiguous"),
            ("/a/%2E./b", "path-ambiguous"),
            ("/a/.%2e/b", "path-ambiguous"),
            ("/a/%252e%252e/b", "path-ambiguous"),
            ("/a/%25252e/b", "path-ambiguous"),
            ("/a/%25%32%65/b", "path-ambiguous"),
            ("/a/..;/b", "path-ambiguous"),
            ("/a/..;x=y/b", "path-ambiguous"),
            ("/a/%2e%2e%3bx/b", "path-ambiguous"),
            ("/a/..%20/b", "path-ambiguous"),
            ("/a/.../b", "path-ambiguous"),
            ("/a/;x/b", "path-ambiguous"),
            ("/a/%20/b", "path-ambiguous"),
            ("//a", "path-ambiguous"),
            ("/a//b", "path-ambiguous"),
            ("/a//", "path-ambiguous"),
            ("/a%2Fb", "path-ambiguous"),
            ("/a%2fb", "path-ambiguous"),
            ("/a%252Fb", "path-ambiguous"),
            ("/a%5Cb", "path-ambiguous"),
            ("/a%255cb", "path-ambiguous"),
            ("/a\\b", "path-ambiguous"),
            ("/a%00b", "path-ambiguous"),
            ("/a%0d%0ab", "path-ambiguous"),
            ("/a%7f", "path-ambiguous"),
            ("/a%c2%85", "path-ambiguous"),
            ("/a\tb", "path-ambiguous"),
            ("/a%2", "path-malformed"),
            ("/a%zz", "path-malformed"),
            ("/a%", "path-malformed"),
            ("/a%2%35", "path-malformed"),
            ("/a%u002e", "path-malformed"),
            ("/a%c0%ae", "path-malformed"),
            ("/a%ff", "path-malformed"),
        ] {
            let refusal = Path::read(raw).map(|path| path.sent()).unwrap_err();
            assert_eq!(refusal.code(), code, "{raw}");
        }
        assert_eq!(
            Path::read(&format!("/{}", "a".repeat(MAX_PATH))).map(|path| path.sent()).unwrap_err().code(),
            "path-too-long"
        );
    }

    #[test]
    fn spells_every_path_one_way() {
        for (raw, judged, sent) in [
            ("/", "/", "/"),
            ("/a/b", "/a/b", "/a/b"),
            ("/a/", "/a/", "/a/"),
            ("/%61%62/c", "/ab/c", "/ab/c"),
            ("/p%7Eabc", "/p~abc", "/p~abc"),
            ("/a%40b.example", "/a@b.example", "/a@b.example"),
            ("/a+b", "/a+b", "/a%2Bb"),
            ("/a%2bb", "/a+b", "/a%2Bb"),
            ("/a%20b", "/a%20b", "/a%20b"),
            ("/a b", "/a%20b", "/a%20b"),
            ("/100%25", "/100%25", "/100%25"),
            ("/a;v=1", "/a;v=1", "/a;v=1"),
            ("/a%3bv", "/a%3Bv", "/a%3Bv"),
            ("/a|b", "/a%7Cb", "/a%7Cb"),
            ("/é", "/%C3%A9", "/%C3%A9"),
            ("/a...b", "/a...b", "/a...b"),
            ("/.well-known", "/.well-known", "/.well-known"),
            ("/x==", "/x==", "/x=="),
        ] {
            let path = Path::read(raw).unwrap_or_else(|refusal| panic!("{raw}: {refusal}"));
            assert_eq!((path.text(), path.sent().as_str()), (judged, sent), "{raw}");
        }
    }

    #[test]
    fn identifiers_become_one_component_or_nothing() {
        for (text, sent) in [
            ("alice@lumen-orchard.example", Some("alice%40lumen-orchard.example")),
            ("a?b#c&d=e", Some("a%3Fb%23c%26d%3De")),
            ("100%", Some("100%25")),
            ("abCD12+/xyABCDEFGHIJ/w==", Some("abCD12%2B%2FxyABCDEFGHIJ%2Fw%3D%3D")),
            ("", None),
            ("..", None),
            (".", None),
            ("..;a", None),
            ("a/b", None),
            ("a\\b", None),
            ("a\nb", None),
            ("%2e%2e", None),
            ("a%2Fb", None),
        ] {
            let segment = Segment::identifier(text).ok();
            assert_eq!(segment.as_ref().map(|segment| segment.sent.as_str()), sent, "{text}");
        }
    }

    proptest::proptest! {
        /// What goes out is read again as what was judged, and holds nothing that was to be refused.
        #[test]
        fn reads_its_own_spelling_again(raw in r"(/([a-z.;+=@é ]|//?|\\|%(25)?(2[ef5]|5c|41|3[bd]|00|c3%a9|zz)){0,8}){1,4}") {
            if let Ok(path) = Path::read(&raw) {
                let sent = path.sent();
                let again = Path::read(&sent).map_err(|refusal| refusal.code());
                proptest::prop_assert_eq!(again.as_ref().map(Path::text), Ok(path.text()));
                proptest::prop_assert_eq!(again.as_ref().map(Path::sent), Ok(sent.clone()));
                proptest::prop_assert!(sent.is_ascii() && !sent.contains("/../") && !sent.contains("//"));
            }
        }
    }
}
