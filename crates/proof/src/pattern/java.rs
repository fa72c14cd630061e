//! `java.util.regex` put into the words of another engine, or refused.

const ENDS: &str = r"\n\r\x{85}\x{2028}\x{2029}";
const WORD: &str = "[A-Za-z0-9_]";

/// A regex while it is put into other words.
pub(crate) struct Reader<'a> {
    letters: &'a [char],
    at: usize,
    pub(crate) out: String,
    pub(crate) in_context: bool,
    pub(crate) looks_around: bool,
    pub(crate) groups: usize,
    /// Whether `.` matches line ends, too.
    all: bool,
    /// Whether what stands around is not asked for.
    relaxed: bool,
    /// The open groups, and which of them look around.
    open: Vec<bool>,
}

impl<'a> Reader<'a> {
    /// Reads a whole regex. Relaxed, the result matches more: what stands around is not asked for.
    pub(crate) fn read(letters: &'a [char], relaxed: bool) -> Result<Reader<'a>, String> {
        let (out, open) = (String::new(), Vec::new());
        let mut reader = Reader {
            letters,
            at: 0,
            out,
            in_context: false,
            looks_around: false,
            groups: 0,
            all: false,
            relaxed,
            open,
        };
        reader.pattern()?;
        Ok(reader)
    }

    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek();
        self.at += usize::from(letter.is_some());
        letter
    }

    fn rest_starts(&self, text: &str) -> bool {
        self.letters[self.at..].iter().copied().take(text.len()).eq(text.chars())
    }

    fn pattern(&mut self) -> Result<(), String> {
        for (flags, all, put) in
            [("(?i)", false, "(?i)"), ("(?s)", true, ""), ("(?is)", true, "(?i)"), ("(?si)", true, "(?i)")]
        {
            if self.rest_starts(flags) {
                self.at += flags.len();
                self.all = all;
                self.out.push_str(put);
                break;
            }
        }
        while let Some(letter) = self.next() {
            match letter {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '(' => self.group()?,
                '|' => self.out.push('|'),
                ')' => {
                    let looks = self.open.pop().ok_or("a regex with a parenthesis that opens nowhere")?;
                    self.out.push_str(if looks && self.relaxed { ")|)" } else { ")" });
                }
                '.' if self.all => self.out.push_str("(?s:.)"),
                '.' => self.out.push_str(&format!("[^{ENDS}]")),
                '^' => self.around("\\A"),
                '$' => self.around(&format!("(?=(?:\\r\\n|[{ENDS}])?\\z)")),
                '*' | '+' | '?' => self.repeated(&letter.to_string()),
                '{' => {
                    let start = self.at;
                    while self.peek().is_some_and(|it| it.is_ascii_digit() || it == ',') {
                        self.at += 1;
                    }
                    let count: String = self.letters[start..self.at].iter().collect();
                    let plain =
                        count.starts_with(|it: char| it.is_ascii_digit()) && count.matches(',').count() < 2;
                    if !plain || self.next() != Some('}') {
                        return Err("a regex with a brace that counts nothing".to_owned());
                    }
                    self.repeated(&format!("{{{count}}}"));
                }
                _ => self.literal(letter),
            }
        }
        Ok(())
    }

    fn boundary(&mut self, text: &str) {
        self.looks_around = true;
        self.around(if self.relaxed { "" } else { text });
    }

    fn around(&mut self, text: &str) {
        self.in_context = true;
        self.out.push_str(text);
    }

    /// A quantifier, and whether it is lazy or gives nothing back.
    fn repeated(&mut self, text: &str) {
        self.out.push_str(text);
        if self.peek() == Some('?') {
            self.at += 1;
            self.out.push('?');
        } else if self.peek() == Some('+') {
            self.at += 1;
            self.around("+");
        }
    }

    fn literal(&mut self, letter: char) {
        if r"\.+*?()|[]{}^$#&-~".contains(letter) {
            self.out.push('\\');
        }
        self.out.push(letter);
    }

    fn group(&mut self) -> Result<(), String> {
        for (start, in_context) in
            [("?:", false), ("?=", true), ("?!", true), ("?<=", true), ("?<!", true), ("?>", true)]
        {
            if self.rest_starts(start) {
                self.at += start.len();
                self.in_context |= in_context;
                let looks = in_context && start != "?>";
                self.looks_around |= looks;
                self.open.push(looks);
                // Relaxed, it is a look or nothing.
                self.out.push_str(if looks && self.relaxed { "(?:(" } else { "(" });
                self.out.push_str(start);
                return Ok(());
            }
        }
        if self.rest_starts("?i:") {
            self.at += 3;
            self.out.push_str("(?i:");
            self.open.push(false);
            return Ok(());
        }
        if self.rest_starts("?<") {
            self.at += 2;
            let start = self.at;
            while self.peek().is_some_and(|it| it.is_ascii_alphanumeric()) {
                self.at += 1;
            }
            let name: String = self.letters[start..self.at].iter().collect();
            if name.is_empty() || self.next() != Some('>') {
                return Err("a regex with a group that has no name".to_owned());
            }
            self.out.push_str(&format!("(?<{name}>"));
        } else if self.peek() == Some('?') {
            return Err("a regex with flags that this check does not know".to_owned());
        } else {
            self.out.push('(');
        }
        self.groups += 1;
        self.open.push(false);
        Ok(())
    }

    fn escape(&mut self, in_class: bool) -> Result<(), String> {
        let unknown = || "a regex with an escape that this check does not know".to_owned();
        let letter = self.next().ok_or_else(unknown)?;
        match letter {
            'd' => self.out.push_str("[0-9]"),
            'D' => self.out.push_str("[^0-9]"),
            'w' => self.out.push_str(WORD),
            'W' => self.out.push_str("[^A-Za-z0-9_]"),
            's' => self.out.push_str("[ \\t\\n\\x0B\\f\\r]"),
            'S' => self.out.push_str("[^ \\t\\n\\x0B\\f\\r]"),
            't' | 'n' | 'r' | 'f' => self.out.extend(['\\', letter]),
            'x' | 'u' => {
                let length = if letter == 'x' { 2 } else { 4 };
                let digits: String = self.letters[self.at..].iter().take(length).collect();
                let code = u32::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == length);
                let code = code.filter(|it| char::from_u32(*it).is_some()).ok_or_else(unknown)?;
                self.at += length;
                self.out.push_str(&format!("\\x{{{code:x}}}"));
            }
            'p' | 'P' => self.property(letter == 'P')?,
            'b' if !in_class => self.boundary(&format!("(?:(?<={WORD})(?!{WORD})|(?<!{WORD})(?={WORD}))")),
            'B' if !in_class => self.boundary(&format!("(?:(?<={WORD})(?={WORD})|(?<!{WORD})(?!{WORD}))")),
            'A' if !in_class => self.around("\\A"),
            'z' if !in_class => self.around("\\z"),
            'Z' if !in_class => self.around(&format!("(?=(?:\\r\\n|[{ENDS}])?\\z)")),
            '1'..='9' if !in_class && !self.peek().is_some_and(|it| it.is_ascii_digit()) => {
                self.around(&format!("\\{letter}"));
            }
            'Q' => self.quoted(),
            _ if letter.is_alphanumeric() => return Err(unknown()),
            _ => self.literal(letter),
        }
        Ok(())
    }

    fn quoted(&mut self) {
        while self.peek().is_some() && !self.rest_starts("\\E") {
            let letter = self.letters[self.at];
            self.at += 1;
            self.literal(letter);
        }
        self.at = (self.at + 2).min(self.letters.len());
    }

    fn property(&mut self, not: bool) -> Result<(), String> {
        let name: String = if self.peek() == Some('{') {
            self.at += 1;
            let start = self.at;
            while self.peek().is_some_and(|it| it != '}') {
                self.at += 1;
            }
            let name = self.letters[start..self.at].iter().collect();
            self.next();
            name
        } else {
            self.next().into_iter().collect()
        };
        let not = if not { "^" } else { "" };
        let ascii = match name.as_str() {
            "Lower" => "a-z",
            "Upper" => "A-Z",
            "Alpha" => "A-Za-z",
            "Digit" => "0-9",
            "Alnum" => "A-Za-z0-9",
            "L" | "Lu" | "Ll" | "N" | "Nd" | "P" | "S" | "M" | "Z" => {
                self.out.push_str(&format!("[{not}\\p{{{name}}}]"));
                return Ok(());
            }
            _ => return Err("a regex with a property that this check does not know".to_owned()),
        };
        self.out.push_str(&format!("[{not}{ascii}]"));
        Ok(())
    }

    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.peek() == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let start = self.at;
        loop {
            let letter = self.next().ok_or("a regex with a class that does not close")?;
            match letter {
                ']' if self.at > start + 1 => break,
                ']' => return Err("a regex with an empty class".to_owned()),
                '[' => return Err("a regex with a class inside a class".to_owned()),
                '&' if self.peek() == Some('&') => {
                    return Err("a regex with an intersection of classes".to_owned());
                }
                '\\' => self.escape(true)?,
                // Between two letters it is a range, at an end it is itself; so it is in both languages.
                '-' if self.at == start + 1 || self.peek() == Some(']') => self.out.push_str("\\-"),
                '-' if self.peek() == Some('-') => {
                    return Err("a regex with a range that is not plain".to_owned());
                }
                '-' => self.out.push('-'),
                _ => self.literal(letter),
            }
        }
        self.out.push(']');
        Ok(())
    }
}
