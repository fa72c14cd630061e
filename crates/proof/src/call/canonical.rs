//! A call in one spelling. What could be read in two ways is no call.

/// Path and query as they are compared with the rules.
#[derive(Debug)]
pub(crate) struct Canonical {
    /// Without slashes inside a segment: those of meeting UUIDs are replaced.
    pub(crate) path: String,
    /// The path with meeting UUIDs as they are.
    written: String,
    query: Option<String>,
    /// The names of the query's parameters in lower case.
    pub(crate) parameters: Vec<String>,
}

impl Canonical {
    pub(crate) fn read(path: &str, query: Option<&str>) -> Option<Canonical> {
        let beyond = path.len() > LONGEST_PATH || query.is_some_and(|it| it.len() > LONGEST_QUERY);
        if beyond || !path.starts_with('/') || !path.is_ascii() {
            return None;
        }
        let (mut judged, mut written) = (String::new(), String::new());
        let mut rest = path;
        while let Some(behind) = rest.strip_prefix('/') {
            judged.push('/');
            written.push('/');
            if let Some((uuid, behind)) = uuid(behind) {
                judged.push_str(&uuid.replace('/', "_"));
                written.push_str(&uuid);
                rest = behind;
                continue;
            }
            let (segment, _) = behind.split_once('/').unwrap_or((behind, ""));
            rest = &behind[segment.len()..];
            let segment = spelled(segment)?;
            let dots = segment.split(';').next().unwrap_or_default().replace("%20", "");
            let blank = dots.chars().all(|it| it == '.');
            // One slash at the end is no segment.
            if blank && !(segment.is_empty() && rest.is_empty() && judged.len() > 1) {
                return None;
            }
            judged.push_str(&segment);
            written.push_str(&segment);
        }
        if judged.len() > 1 && judged.ends_with('/') {
            judged.pop();
            written.pop();
        }
        let mut parameters = Vec::new();
        for pair in query.unwrap_or_default().split(['&', ';']) {
            let name = decoded(&pair.split('=').next().unwrap_or_default().replace('+', " "));
            if !name.is_empty() {
                parameters.push(name.to_lowercase());
            }
        }
        let query = query.filter(|it| !it.is_empty()).map(str::to_owned);
        Some(Canonical { path: judged, written, query, parameters })
    }

    /// Path and query as a regex may see them.
    pub(crate) fn targets(&self) -> [String; 2] {
        let query = self.query.as_ref().map(|it| format!("?{it}")).unwrap_or_default();
        [&self.written, &self.path].map(|path| format!("{path}{query}"))
    }
}

const LONGEST_PATH: usize = 4096;
const LONGEST_QUERY: usize = 8192;

/// One spelling of percent-encoding, or nothing where a reader may see something else.
fn spelled(segment: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = segment.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            if letter == '\\' || letter.is_ascii_control() {
                return None;
            }
            match letter {
                ' ' | '"' | '<' | '>' | '^' | '`' | '{' | '|' | '}' => {
                    out.push_str(&format!("%{:02X}", letter as u32))
                }
                _ => out.push(letter),
            }
            continue;
        }
        let code = u8::from_str_radix(letters.as_str().get(..2)?, 16).ok()?;
        letters.nth(1);
        let byte = char::from(code);
        if matches!(byte, '/' | '\\' | '%') || byte.is_ascii_control() {
            return None;
        }
        if byte.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@".contains(byte) {
            out.push(byte);
        } else {
            out.push_str(&format!("%{code:02X}"));
        }
    }
    Some(out)
}

/// The percent-encoding of a parameter's name taken off; what is malformed stays.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).and_then(|it| u8::from_str_radix(it, 16).ok());
        match code {
            Some(code) if bytes[at] == b'%' => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A meeting UUID that fills a place between slashes, and what stands behind it. Its letters may be encoded once or
/// twice.
fn uuid(text: &str) -> Option<(String, &str)> {
    let (mut uuid, mut rest) = (String::new(), text);
    while uuid.len() < 24 {
        let (letter, behind) = letter(rest)?;
        let fits = if uuid.len() < 22 {
            letter.is_ascii_alphanumeric() || "+/".contains(letter)
        } else {
            letter == '='
        };
        if !fits {
            return None;
        }
        uuid.push(letter);
        rest = behind;
    }
    (rest.is_empty() || rest.starts_with('/')).then_some((uuid, rest))
}

/// A letter as it is, or encoded once or twice.
fn letter(text: &str) -> Option<(char, &str)> {
    let first = text.chars().next()?;
    if first != '%' {
        return Some((first, &text[first.len_utf8()..]));
    }
    let (digits, behind) = match text.get(1..3)? {
        "25" => (text.get(3..5)?, &text[5..]),
        digits => (digits, &text[3..]),
    };
    Some((char::from(u8::from_str_radix(digits, 16).ok()?), behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_paths_one_way_or_not_at_all() {
        let uuid = "abcdefghijklmnopqrstuA==";
        let slashes = "/bcdefghij/lmnopqrstuA==";
        let judged = slashes.replace('/', "_");
        let cases = [
            ("/v2/users", Some("/v2/users")),
            ("/v2/users/", Some("/v2/users")),
            ("/v2/%75sers/%c3%a9", Some("/v2/users/%C3%A9")),
            ("/v2//users", None),
            ("/v2/../users", None),
            ("/v2/%2e%2E", None),
            ("/v2/..;a=b", None),
            ("/v2/a%2fb", None),
            ("/v2/a%252fb", None),
            ("/v2/a%5cb", None),
            ("/v2/a%zz", None),
            ("/v2/a%", None),
            ("/v2/%20", None),
            ("v2", None),
            ("/", None),
        ];
        for (path, expected) in cases {
            assert_eq!(Canonical::read(path, None).map(|it| it.path).as_deref(), expected, "{path}");
        }
        let once = slashes.replace('/', "%2F").replace('=', "%3D");
        let twice = once.replace('%', "%25");
        for (written, judged) in [(uuid, uuid), (slashes, &judged), (&once, &judged), (&twice, &judged)] {
            let call = Canonical::read(&format!("/m/{written}/x"), None).unwrap();
            assert_eq!(call.path, format!("/m/{judged}/x"), "{written}");
        }
    }

    #[test]
    fn knows_the_names_of_parameters() {
        let call = Canonical::read("/a", Some("From=1;to&=x&page%5Fsize=2&a+b=1&")).unwrap();
        assert_eq!(call.parameters, ["from", "to", "page_size", "a b"]);
    }
}
