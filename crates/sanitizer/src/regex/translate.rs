//! One pass over a java.util.regex pattern that writes the same thing for our engines.

use super::class;

/// How a pattern is going to be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Dialect {
    /// The whole text must match (`matches()`), otherwise anywhere (`find()`).
    pub(crate) whole: bool,
    /// ASCII letters in either case, as the flag `CASE_INSENSITIVE` has it.
    pub(crate) ignore_case: bool,
    /// Write for the backtracking engine.
    pub(crate) backtracking: bool,
}

/// A translated pattern.
#[derive(Debug)]
pub(crate) struct Translated {
    pub(crate) text: String,
    pub(crate) needs_backtracking: bool,
}

/// Any but a line terminator.
const DOT: &str = r"[^\n\r\x{85}\x{2028}\x{2029}]";
/// At the end, or before the last line terminator.
const BEFORE_END: &str = r"(?=(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z)";
const WORD_EDGE: &str = "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))";
const NO_WORD_EDGE: &str = "(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))";
const MAX_GROUPS: usize = 100;

#[derive(Clone, Copy, Debug)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    /// Unicode case folding as well.
    pub(super) unicode_case: bool,
    dot_all: bool,
    unix_lines: bool,
    multi_line: bool,
    comments: bool,
}

pub(super) struct Translator<'s> {
    pub(super) rest: std::iter::Peekable<std::str::Chars<'s>>,
    pub(super) out: String,
    dialect: Dialect,
    needs_backtracking: bool,
    pub(super) flags: Flags,
    /// Flags to restore and start of the group in `out`, per open group.
    open: Vec<(Flags, usize)>,
    /// Where the atom that a quantifier would repeat begins in `out`.
    atom: Option<usize>,
}

pub(crate) fn translate(source: &str, dialect: Dialect) -> Result<Translated, String> {
    let flags = Flags {
        ignore_case: dialect.ignore_case,
        unicode_case: false,
        dot_all: false,
        unix_lines: false,
        multi_line: false,
        comments: false,
    };
    let mut translator = Translator {
        rest: source.chars().peekable(),
        out: String::with_capacity(source.len() * 2 + 16),
        dialect,
        needs_backtracking: false,
        flags,
        open: Vec::new(),
        atom: None,
    };
    if dialect.whole {
        translator.out.push_str(r"\A(?:");
    }
    while let Some(c) = translator.rest.next() {
        translator.take(c)?;
    }
    if !translator.open.is_empty() {
        return Err("a group is not closed".to_owned());
    }
    if dialect.whole {
        translator.out.push_str(r")\z");
    }
    Ok(Translated { text: translator.out, needs_backtracking: translator.needs_backtracking })
}

impl Translator<'_> {
    fn take(&mut self, c: char) -> Result<(), String> {
        match c {
            '\\' => self.escape(),
            '[' => {
                self.begin_atom();
                class::class(self)
            }
            '(' => self.group(),
            ')' => {
                let (flags, start) = self.open.pop().ok_or("a closing parenthesis has no opening one")?;
                self.flags = flags;
                self.out.push(')');
                self.atom = Some(start);
                Ok(())
            }
            '.' => {
                let dot = match (self.flags.dot_all, self.flags.unix_lines) {
                    (true, _) => "(?s:.)",
                    (false, true) => r"[^\n]",
                    (false, false) => DOT,
                };
                self.atom(dot);
                Ok(())
            }
            '^' => self.assertion(if self.flags.multi_line { "(?m:^)" } else { r"\A" }),
            '$' if self.flags.multi_line => self.assertion("(?m:$)"),
            '$' if self.dialect.whole => self.assertion(r"\z"),
            '$' => {
                self.needs_backtracking = true;
                self.assertion(BEFORE_END)
            }
            '*' | '+' | '?' => self.quantifier(c.to_string()),
            '{' => {
                let mut bounds = String::from("{");
                loop {
                    match self.rest.next() {
                        Some(c @ ('0'..='9' | ',')) => bounds.push(c),
                        Some('}') if bounds.len() > 1 => break,
                        _ => {
                            return Err(
                                "`{` must begin a repetition such as `{2,3}`, or be escaped".to_owned()
                            );
                        }
                    }
                }
                bounds.push('}');
                self.quantifier(bounds)
            }
            '|' => {
                self.atom = None;
                self.out.push('|');
                Ok(())
            }
            '#' if self.flags.comments => {
                while self.rest.next_if(|&c| c != '\n').is_some() {}
                Ok(())
            }
            c if self.flags.comments && c.is_ascii_whitespace() => Ok(()),
            c => {
                self.literal(c);
                Ok(())
            }
        }
    }

    fn begin_atom(&mut self) {
        self.atom = Some(self.out.len());
    }

    fn atom(&mut self, text: &str) {
        self.begin_atom();
        self.out.push_str(text);
    }

    fn assertion(&mut self, text: &str) -> Result<(), String> {
        self.atom = None;
        self.out.push_str(text);
        Ok(())
    }

    fn literal(&mut self, c: char) {
        self.begin_atom();
        if self.flags.ignore_case && c.is_ascii_alphabetic() && !self.flags.unicode_case {
            self.out.extend(['[', c.to_ascii_lowercase(), c.to_ascii_uppercase(), ']']);
        } else if self.flags.ignore_case && self.flags.unicode_case {
            self.out.push_str(&format!("(?i:{})", regex::escape(c.encode_utf8(&mut [0; 4]))));
        } else {
            self.out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
        }
    }

    /// A repetition, with its lazy `?` or possessive `+`.
    fn quantifier(&mut self, quantifier: String) -> Result<(), String> {
        let start = self.atom.take().ok_or_else(|| format!("`{quantifier}` repeats nothing"))?;
        self.out.push_str(&quantifier);
        if self.rest.next_if_eq(&'?').is_some() {
            self.out.push('?');
        } else if self.rest.next_if_eq(&'+').is_some() {
            self.needs_backtracking = true;
            self.out.insert_str(start, "(?>");
            self.out.push(')');
        }
        Ok(())
    }

    fn group(&mut self) -> Result<(), String> {
        if self.open.len() >= MAX_GROUPS {
            return Err("groups are nested too deep".to_owned());
        }
        let before = (self.flags, self.out.len());
        self.atom = None;
        if self.rest.next_if_eq(&'?').is_none() {
            self.out.push('(');
            self.open.push(before);
            return Ok(());
        }
        let kind = self.rest.next().ok_or("a group is not closed")?;
        match kind {
            ':' => self.out.push_str("(?:"),
            '=' | '!' | '>' => {
                self.needs_backtracking = true;
                self.out.extend(['(', '?', kind]);
            }
            '<' => match self.rest.peek() {
                Some('=' | '!') => {
                    self.needs_backtracking = true;
                    let sign = self.rest.next().expect("peeked");
                    self.out.extend(['(', '?', '<', sign]);
                }
                _ => {
                    let name = self.until('>')?;
                    let valid = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic());
                    if !valid || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
                        return Err("a group name must be letters and digits".to_owned());
                    }
                    self.out.push_str(&format!("(?<{name}>"));
                }
            },
            _ => return self.flag_group(kind, before),
        }
        self.open.push(before);
        Ok(())
    }

    /// `(?i)`, `(?i-s)`, `(?i:…)`, `(?)`.
    fn flag_group(&mut self, first: char, before: (Flags, usize)) -> Result<(), String> {
        let mut on = true;
        let mut next = Some(first);
        loop {
            match next {
                Some('-') => on = false,
                Some('i') => self.flags.ignore_case = on,
                Some('u') => self.flags.unicode_case = on,
                Some('s') => self.flags.dot_all = on,
                Some('d') => self.flags.unix_lines = on,
                Some('m') => self.flags.multi_line = on,
                Some('x') => self.flags.comments = on,
                Some(')') => return Ok(()),
                Some(':') => {
                    self.out.push_str("(?:");
                    self.open.push(before);
                    return Ok(());
                }
                Some(other) => return Err(format!("the group flag `{other}` is not supported")),
                None => return Err("a group is not closed".to_owned()),
            }
            next = self.rest.next();
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let c = *self.rest.peek().ok_or("a backslash ends the pattern")?;
        match c {
            'Q' => {
                self.rest.next();
                loop {
                    match self.rest.next() {
                        None => return Ok(()),
                        Some('\\') if self.rest.next_if_eq(&'E').is_some() => return Ok(()),
                        Some(c) => self.literal(c),
                    }
                }
            }
            'E' => {
                self.rest.next();
                Ok(())
            }
            'b' | 'B' => {
                self.rest.next();
                match (c, self.dialect.backtracking) {
                    ('b', false) => self.assertion(r"(?-u:\b)"),
                    ('b', true) => self.assertion(WORD_EDGE),
                    _ => {
                        self.needs_backtracking = true;
                        self.assertion(NO_WORD_EDGE)
                    }
                }
            }
            'A' | 'z' => {
                self.rest.next();
                self.assertion(if c == 'A' { r"\A" } else { r"\z" })
            }
            'Z' => {
                self.rest.next();
                self.needs_backtracking = true;
                self.assertion(BEFORE_END)
            }
            'R' => {
                self.rest.next();
                self.atom(r"(?:\r\n|[\n\x0B\f\r\x{85}\x{2028}\x{2029}])");
                Ok(())
            }
            '1'..='9' => {
                self.rest.next();
                self.needs_backtracking = true;
                self.atom(&format!(r"(?:\{c})"));
                Ok(())
            }
            'k' => {
                self.rest.next();
                if self.rest.next() != Some('<') {
                    return Err(r"`\k` must be followed by a name in angle brackets".to_owned());
                }
                let name = self.until('>')?;
                self.needs_backtracking = true;
                self.atom(&format!(r"\k<{name}>"));
                Ok(())
            }
            _ => match class::escaped(self)? {
                class::Escaped::Character(c) => {
                    self.literal(c);
                    Ok(())
                }
                class::Escaped::Set { inside, negated } => {
                    let sign = if negated { "^" } else { "" };
                    self.atom(&format!("[{sign}{inside}]"));
                    Ok(())
                }
            },
        }
    }

    /// The text up to a closing character, which is consumed.
    pub(super) fn until(&mut self, close: char) -> Result<String, String> {
        let mut text = String::new();
        loop {
            match self.rest.next() {
                Some(c) if c == close => return Ok(text),
                Some(c) => text.push(c),
                None => return Err(format!("`{close}` is missing")),
            }
        }
    }
}
