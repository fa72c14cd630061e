//! Where one HTTP/1 message ends and the next begins, as seen on the wire. Two readers who disagree about that
//! can be made to see different requests; so a message that says its length in two ways marks its connection.
//!
//! The HTTP library decides such messages quietly by their `Transfer-Encoding` and hides the other length, which is
//! why they are looked for here. This reads along and changes nothing; what it does not understand, the library
//! refuses by itself.

/// Reads along with one connection.
#[derive(Debug)]
pub(crate) struct Framing {
    stage: Stage,
    /// The beginning of the line being read: names and lengths fit, the rest is not looked at.
    line: Vec<u8>,
    /// Whether the line was longer than what is kept of it.
    cut: bool,
    head: Head,
    ambiguous: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Head,
    /// Bytes of a body that are still to come.
    Body(u64),
    ChunkSize,
    /// Bytes of a chunk that are still to come, its line end included.
    Chunk(u64),
    Trailer,
    /// HTTP/2, or nothing that we know: not looked at any further.
    Opaque,
}

/// What the head read so far says about the length of its body.
#[derive(Debug, Default)]
struct Head {
    begun: bool,
    chunked: bool,
    length: Option<u64>,
}

impl Framing {
    pub(crate) fn new() -> Framing {
        Framing { stage: Stage::Head, line: Vec::new(), cut: false, head: Head::default(), ambiguous: false }
    }

    /// Whether a message on this connection had two lengths. Once true, always true.
    pub(crate) fn is_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// Whether a head has begun and not ended.
    pub(crate) fn is_inside_head(&self) -> bool {
        self.stage == Stage::Head && (self.head.begun || !self.line.is_empty())
    }

    /// Takes the bytes that have just been read.
    pub(crate) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match self.stage {
                Stage::Opaque => return,
                Stage::Body(left) => bytes = self.skip(bytes, left, Stage::Body, Stage::Head),
                Stage::Chunk(left) => bytes = self.skip(bytes, left, Stage::Chunk, Stage::ChunkSize),
                Stage::Head | Stage::ChunkSize | Stage::Trailer => bytes = self.line(bytes),
            }
        }
    }

    fn skip<'b>(&mut self, bytes: &'b [u8], left: u64, more: fn(u64) -> Stage, done: Stage) -> &'b [u8] {
        let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left - here as u64;
        self.stage = if left == 0 { done } else { more(left) };
        &bytes[here..]
    }

    /// Collects up to the end of the line, and reads the line if that has come.
    fn line<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let part = &bytes[..end.unwrap_or(bytes.len())];
        let room = KEPT_OF_A_LINE.saturating_sub(self.line.len()).min(part.len());
        self.line.extend_from_slice(&part[..room]);
        self.cut |= room < part.len();
        let Some(end) = end else { return &[] };
        let mut line = std::mem::take(&mut self.line);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        match self.stage {
            Stage::ChunkSize => self.chunk_size(&line),
            Stage::Trailer if line.is_empty() => self.stage = Stage::Head,
            Stage::Trailer => {}
            _ => self.head_line(&line),
        }
        line.clear();
        self.line = line; // its memory serves the next line
        self.cut = false;
        &bytes[end + 1..]
    }

    fn head_line(&mut self, line: &[u8]) {
        if line.is_empty() {
            if self.head.begun {
                self.head_end();
            }
            return; // empty lines before a request are allowed
        }
        if !self.head.begun {
            self.head.begun = true;
            if line == b"PRI * HTTP/2.0" {
                self.stage = Stage::Opaque;
            }
            return;
        }
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = (line[..colon].trim_ascii(), line[colon..].get(1..).unwrap_or_default());
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.head.chunked = true;
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = decimal(value.trim_ascii());
            let differs = self.head.length.is_some() && self.head.length != length;
            self.ambiguous |= differs || length.is_none() || self.cut;
            self.head.length = length;
        }
    }

    fn head_end(&mut self) {
        let head = std::mem::take(&mut self.head);
        self.ambiguous |= head.chunked && head.length.is_some();
        self.stage = match head.length {
            _ if self.ambiguous => Stage::Opaque,
            _ if head.chunked => Stage::ChunkSize,
            None | Some(0) => Stage::Head,
            Some(length) => Stage::Body(length),
        };
    }

    fn chunk_size(&mut self, line: &[u8]) {
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let size = str::from_utf8(&line[..digits]).ok().and_then(|text| u64::from_str_radix(text, 16).ok());
        self.stage = match size {
            Some(0) => Stage::Trailer,
            Some(size) => Stage::Chunk(size.saturating_add(2)),
            None => Stage::Opaque,
        };
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    let digits = str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|text| text.parse().ok())
}

const KEPT_OF_A_LINE: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a connection with this text is marked, however it is cut into reads.
    fn ambiguous(text: &str) -> bool {
        let marks: Vec<bool> = [1, 2, 7, text.len()]
            .into_iter()
            .map(|size| {
                let mut framing = Framing::new();
                text.as_bytes().chunks(size).for_each(|part| framing.read(part));
                framing.is_ambiguous()
            })
            .collect();
        assert!(marks.windows(2).all(|pair| pair[0] == pair[1]), "{text:?}: {marks:?}");
        marks[0]
    }

    #[test]
    fn marks_messages_with_two_lengths() {
        let long = format!("POST / HTTP/1.1\r\ncontent-length:{}5\r\n\r\n", " ".repeat(300));
        let cases = [
            ("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", true),
            ("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n", true),
            ("POST / HTTP/1.1\nCONTENT-LENGTH:5\nTransfer-Encoding : chunked\n\n", true),
            ("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", true),
            ("POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n", true),
            ("POST / HTTP/1.1\r\nContent-Length: +5\r\nHost: a\r\n\r\n", true),
            (long.as_str(), true),
            ("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", false),
            ("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde", false),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nX-Content-Length: 5\r\nX: transfer-encoding: chunked\r\n\r\n", false),
        ];
        for (text, expected) in cases {
            assert_eq!(ambiguous(text), expected, "{text:?}");
        }
    }

    #[test]
    fn finds_the_next_message_behind_a_body_of_any_framing() {
        let bad = "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
        let good = [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{bad}", bad.len()),
            format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{:x};x=1\r\n{bad}\r\n0\r\n\r\n", bad.len()),
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\n\r\n".to_owned(),
        ];
        for message in good {
            assert!(!ambiguous(&format!("{message}{message}\r\n{message}")), "{message:?}");
            assert!(ambiguous(&format!("{message}{bad}")), "{message:?}");
        }
    }

    #[test]
    fn leaves_http_2_alone() {
        assert!(!ambiguous("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ncontent-length: x\r\n"));
    }

    #[test]
    fn knows_when_a_head_is_unfinished() {
        let mut framing = Framing::new();
        let steps = [
            ("", false),
            ("GE", true),
            ("T / HTTP/1.1\r\n", true),
            ("Host: a\r\n", true),
            ("\r\n", false),
            ("\r\n", false),
            ("G", true),
        ];
        for (part, expected) in steps {
            framing.read(part.as_bytes());
            assert_eq!(framing.is_inside_head(), expected, "{part:?}");
        }
    }
}
