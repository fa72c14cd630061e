//! A cursor over the text of a path.

pub(super) struct Scan<'t> {
    text: &'t str,
    pub(super) at: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Scan { text, at: 0 }
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
                    Some('u') => {
                        let digits = self.rest().get(..4).and_then(|it| u32::from_str_radix(it, 16).ok());
                        let character = digits.and_then(char::from_u32);
                        text.push(character.ok_or("`\\u` needs four hexadecimal digits")?);
                        self.at += 4;
                    }
                    Some(c) => text.push(c),
                    None => return Err("a quote is not closed".to_owned()),
                },
                Some(c) => text.push(c),
            }
        }
    }

    pub(super) fn integer(&mut self) -> Result<Option<i64>, String> {
        let text = self.take_while(|c| c == '-' || c.is_ascii_digit());
        match text {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| format!("`{text}` is not an index")),
        }
    }
}
