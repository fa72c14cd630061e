//! The tokens of JSON, strictly: where each ends, or why the text is none.
//!
//! Both executors read through this scanner, so they refuse the same bodies with the same words.

use super::vectors::plain;
use super::{MAX_DEPTH, MAX_NAME, MAX_NUMBER, MAX_STRING};
use crate::unsanitizable::{Reason, Unsanitizable};

/// A place in a text that is JSON as far as it was read.
#[derive(Clone)]
pub(crate) struct Scanner<'a> {
    text: &'a str,
    /// The next byte.
    pub(crate) at: usize,
    /// Arrays and objects that are open.
    pub(crate) depth: usize,
}

/// A string in the text, by the places of its first byte and its closing quote.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quoted {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether there are escapes in it.
    pub(crate) escaped: bool,
}

impl<'a> Scanner<'a> {
    /// Checks that the body is UTF-8 and does not begin with a byte order mark.
    pub(crate) fn new(body: &'a [u8]) -> Result<Scanner<'a>, Unsanitizable> {
        if body.starts_with(b"\xEF\xBB\xBF") {
            return Err(Unsanitizable::at(Reason::ByteOrderMark, 0));
        }
        match simdutf8::compat::from_utf8(body) {
            Ok(text) => Ok(Scanner { text, at: 0, depth: 0 }),
            Err(error) => Err(Unsanitizable::at(Reason::Utf8, error.valid_up_to())),
        }
    }

    /// The same text from another place, nothing open.
    pub(crate) fn resume(&self, at: usize) -> Scanner<'a> {
        Scanner { text: self.text, at, depth: 0 }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    pub(crate) fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Over one character of structure and the space after it.
    #[inline]
    pub(crate) fn step(&mut self) {
        self.at += 1;
        self.skip_space();
    }

    /// Over the bracket that opens an array or object.
    #[inline]
    pub(crate) fn enter(&mut self) -> Result<(), Unsanitizable> {
        if self.depth == MAX_DEPTH {
            return Err(Unsanitizable::at(Reason::Depth, self.at));
        }
        self.depth += 1;
        self.at += 1;
        Ok(())
    }

    /// Over the bracket that closes one.
    #[inline]
    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
        self.at += 1;
    }

    /// A member name, and over the colon and the space around it. Tells where the colon is.
    #[inline]
    pub(crate) fn name(&mut self) -> Result<(Quoted, usize), Unsanitizable> {
        if self.peek() != Some(b'"') {
            return Err(self.syntax());
        }
        let name = self.string(MAX_NAME, Reason::NameLength)?;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.syntax());
        }
        let colon = self.at;
        self.step();
        Ok((name, colon))
    }

    /// A string that is a value.
    #[inline]
    pub(crate) fn text_value(&mut self) -> Result<Quoted, Unsanitizable> {
        self.string(MAX_STRING, Reason::StringLength)
    }

    #[inline]
    fn string(&mut self, longest: usize, too_long: Reason) -> Result<Quoted, Unsanitizable> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let end = plain(bytes, start);
        if bytes.get(end) == Some(&b'"') && end - start <= longest {
            self.at = end + 1;
            return Ok(Quoted { start, end, escaped: false });
        }
        self.uncommon_string(start, end, longest, too_long)
    }

    /// A string with escapes, too long, or none at all, that is plain up to `end`.
    #[cold]
    fn uncommon_string(
        &mut self,
        start: usize,
        mut end: usize,
        longest: usize,
        too_long: Reason,
    ) -> Result<Quoted, Unsanitizable> {
        let bytes = self.text.as_bytes();
        let mut escaped = false;
        while bytes.get(end) != Some(&b'"') {
            self.at = end;
            if self.peek() != Some(b'\\') {
                return Err(self.syntax());
            }
            self.escape()?;
            escaped = true;
            end = plain(bytes, self.at);
        }
        if end - start > longest {
            return Err(Unsanitizable::at(too_long, start - 1));
        }
        self.at = end + 1;
        Ok(Quoted { start, end, escaped })
    }

    /// From the backslash to after the escape; the character it stands for.
    fn escape(&mut self) -> Result<char, Unsanitizable> {
        let simple = match self.text.as_bytes().get(self.at + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{C}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.syntax()),
        };
        self.at += 2;
        Ok(simple)
    }

    fn unicode_escape(&mut self) -> Result<char, Unsanitizable> {
        let start = self.at;
        let alone = || Unsanitizable::at(Reason::LoneSurrogate, start);
        let first = self.code_unit()?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).ok_or_else(alone);
        }
        if first >= 0xDC00 || !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
            return Err(alone());
        }
        let second = self.code_unit()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(alone());
        }
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or_else(alone)
    }

    /// `\uXXXX` at the current place.
    fn code_unit(&mut self) -> Result<u32, Unsanitizable> {
        let digits = self.text.as_bytes().get(self.at + 2..self.at + 6).ok_or_else(|| self.syntax())?;
        let mut unit = 0;
        for digit in digits {
            let value = char::from(*digit).to_digit(16).ok_or_else(|| self.syntax())?;
            unit = unit * 16 + value;
        }
        self.at += 6;
        Ok(unit)
    }

    /// Appends what a string that was read before says.
    pub(crate) fn decode(&self, quoted: Quoted, out: &mut String) {
        let mut scanner = self.resume(quoted.start);
        while scanner.at < quoted.end {
            let from = scanner.at;
            scanner.at = plain(self.text.as_bytes(), from);
            out.push_str(&self.text[from..scanner.at]);
            if scanner.at < quoted.end {
                out.push(scanner.escape().expect("escapes were checked when the string was read"));
            }
        }
    }

    #[inline]
    pub(crate) fn number(&mut self) -> Result<&'a str, Unsanitizable> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.syntax()),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.some_digits()?;
        }
        if self.at - start > MAX_NUMBER {
            return Err(Unsanitizable::at(Reason::NumberLength, start));
        }
        Ok(&self.text[start..self.at])
    }

    fn some_digits(&mut self) -> Result<(), Unsanitizable> {
        match self.peek() {
            Some(b'0'..=b'9') => {
                self.digits();
                Ok(())
            }
            _ => Err(self.syntax()),
        }
    }

    #[inline]
    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    /// `true`, `false` or `null`, whichever its first letter announces.
    #[inline]
    pub(crate) fn literal(&mut self) -> Result<(), Unsanitizable> {
        let rest = &self.text.as_bytes()[self.at..];
        let length = match rest.first() {
            Some(b't') if rest.starts_with(b"true") => 4,
            Some(b'f') if rest.starts_with(b"false") => 5,
            Some(b'n') if rest.starts_with(b"null") => 4,
            _ => return Err(self.syntax()),
        };
        self.at += length;
        Ok(())
    }

    /// Over one value, of which everything is checked and nothing kept.
    #[inline]
    pub(crate) fn skip_value(&mut self) -> Result<(), Unsanitizable> {
        match self.peek() {
            Some(b'"') => self.text_value().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            Some(b'{' | b'[') => self.skip_container(),
            _ => self.literal(),
        }
    }

    fn skip_container(&mut self) -> Result<(), Unsanitizable> {
        let above = self.depth;
        let mut objects = Bits([0; MAX_DEPTH / 64 + 1]);
        'values: loop {
            match self.peek() {
                Some(b'"') => self.text_value().map(drop)?,
                Some(b'-' | b'0'..=b'9') => self.number().map(drop)?,
                Some(open @ (b'{' | b'[')) => {
                    self.enter()?;
                    self.skip_space();
                    objects.set(self.depth, open == b'{');
                    let close = if open == b'{' { b'}' } else { b']' };
                    if self.peek() == Some(close) {
                        self.leave();
                    } else {
                        if open == b'{' {
                            self.name()?;
                        }
                        continue 'values;
                    }
                }
                _ => self.literal()?,
            }
            while self.depth > above {
                self.skip_space();
                let in_object = objects.get(self.depth);
                match (self.peek(), in_object) {
                    (Some(b','), _) => {
                        self.step();
                        if in_object {
                            self.name()?;
                        }
                        continue 'values;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => self.leave(),
                    _ => return Err(self.syntax()),
                }
            }
            return Ok(());
        }
    }

    /// After a document that does not end itself (a number or a literal) space or the end must follow.
    pub(crate) fn end_document(&self, ends_itself: bool) -> Result<(), Unsanitizable> {
        match self.peek() {
            None | Some(b' ' | b'\t' | b'\n' | b'\r') => Ok(()),
            Some(_) if ends_itself => Ok(()),
            Some(_) => Err(self.syntax()),
        }
    }

    pub(crate) fn syntax(&self) -> Unsanitizable {
        Unsanitizable::at(Reason::Syntax, self.at)
    }
}

/// Which of the open brackets are those of objects.
struct Bits([u64; MAX_DEPTH / 64 + 1]);

impl Bits {
    fn set(&mut self, at: usize, to: bool) {
        let bit = 1 << (at % 64);
        match to {
            true => self.0[at / 64] |= bit,
            false => self.0[at / 64] &= !bit,
        }
    }

    fn get(&self, at: usize) -> bool {
        self.0[at / 64] & (1 << (at % 64)) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skips_what_the_parser_reads() {
        for text in [
            "{}",
            "[]",
            r#"{"a":[1,{"b":[]},"x\"y"],"c":null}"#,
            "[[],[[]],{}]",
            "-1.5e3",
            "true",
            "[1 , 2 ]",
        ] {
            let spaced = format!("{text} ,");
            let mut scanner = Scanner::new(spaced.as_bytes()).unwrap();
            scanner.skip_value().unwrap();
            assert_eq!((scanner.at, scanner.depth), (text.len(), 0), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn skips_and_parses_alike(text in r#"[\[\]{},:" \\nu0-3a.eE+-]{0,24}"#) {
            let mut scanner = Scanner::new(text.as_bytes()).unwrap();
            scanner.skip_space();
            let mut parser = scanner.resume(scanner.at);
            let skipped = scanner.skip_value().map(|()| scanner.at);
            let parsed = super::super::parse_value(&mut parser).map(|_| parser.at);
            proptest::prop_assert_eq!(skipped, parsed, "{}", text);
        }
    }
}
