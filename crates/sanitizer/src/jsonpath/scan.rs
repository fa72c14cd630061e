//! A cursor over the text of a path.

pub(super) struct Scan<'t> {
    text: &'t str,
    pub(super) at: usize,
    /// How deep in filters the cursor is.
    pub(super) nesting: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Scan { text, at: 0, nesting: 0 }
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    pub(super) fn skip_space(&mut self) {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r')) {
            self.at += 1;
        }
    }

    pub(super) fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|c| !keep(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    pub(super) fn expect(&mut self, expected: &str) -> Result<(), String> {
        match self.eat(expected) {
            true => Ok(()),
            false => Err(format!("expected `{expected}` {}", self.place())),
        }
    }

    /// Where the cursor is, in words.
    pub(super) fn place(&self) -> String {
        match self.peek() {
            None => "at the end of the path".to_owned(),
            Some(_) => format!("at character {} of the path", self.text[..self.at].chars().count() + 1),
        }
    }

    /// A quoted name or text; the quote is next.
    pub(super) fn quoted(&mut self) -> Result<String, String> {
        let quote = self.next().expect("the caller saw a quote");
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err("a quote is not closed".to_owned()),
                Some(c) if c == quote => return Ok(text),
                Some('\\') => match self.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some('b') => text.push('\u{8}'),
                    Some('f') => text.push('\u{C}'),
                    Some('u') => text.push(self.character()?),
                    Some(c) => text.push(c),
                    None => return Err("a quote is not closed".to_owned()),
                },
                Some(c) => text.push(c),
            }
        }
    }

    /// After `\u`: one character, which may take two escapes.
    fn character(&mut self) -> Result<char, String> {
        let first = self.code_unit()?;
        let second = match first {
            0xD800..0xDC00 if self.eat("\\u") => Some(self.code_unit()?),
            _ => None,
        };
        let units = [first, second.unwrap_or_default()];
        let units = &units[..1 + usize::from(second.is_some())];
        String::from_utf16(units)
            .ok()
            .and_then(|text| text.chars().next())
            .ok_or_else(|| "`\\u` names no character".to_owned())
    }

    fn code_unit(&mut self) -> Result<u16, String> {
        let digits = self.rest().get(..4).filter(|it| it.bytes().all(|c| c.is_ascii_hexdigit()));
        let unit = digits.and_then(|it| u16::from_str_radix(it, 16).ok());
        self.at += 4;
        unit.ok_or_else(|| "`\\u` needs four hexadecimal digits".to_owned())
    }

    pub(super) fn integer(&mut self) -> Result<Option<i64>, String> {
        let text = self.take_while(|c| c == '-' || c.is_ascii_digit());
        match text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| format!("`{text}` is not an index")),
        }
    }
}
