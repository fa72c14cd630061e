//! Where quotes open and close: the one reading of a row on which framer, judge and splitter agree.

use memchr::{memchr, memchr3};

use super::dialect::Dialect;

/// Goes through rows byte by byte where that matters, and stops at what matters. Can stop in the middle of a row and go
/// on when more bytes are there.
#[derive(Clone, Debug)]
pub(super) struct Scan<'d> {
    dialect: &'d Dialect,
    state: State,
    /// Everything before is done with.
    pub(super) at: usize,
    /// Where the present cell begins.
    cell: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell, or in blanks there.
    Begin,
    /// In a cell without quotes around it.
    Plain,
    Quoted,
    /// Behind a closing quote.
    Closed,
}

/// What matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A quote opens here; its cell begins `from` there, and only blanks stand between.
    Opens { from: usize, at: usize },
    /// A delimiter begins here.
    Delimiter(usize),
    /// Text stands behind a closing quote.
    Surplus,
    /// The row ends here: at a line end or at the end of all.
    End(usize),
    /// It takes more bytes to go on, or, at the end of all, a quote was never closed.
    More,
}

impl<'d> Scan<'d> {
    /// At the beginning of a row.
    pub(super) fn new(dialect: &'d Dialect, at: usize) -> Scan<'d> {
        Scan { dialect, state: State::Begin, at, cell: at }
    }

    /// Inside of quotes, as far as it got.
    pub(super) fn is_quoted(&self) -> bool {
        self.state == State::Quoted
    }

    /// The bytes before `at` are gone.
    pub(super) fn rebase(&mut self) {
        self.at = 0;
        self.cell = 0;
    }

    /// Goes on to where the row ends.
    pub(super) fn end(&mut self, bytes: &[u8], last: bool) -> Option<usize> {
        loop {
            match self.next(bytes, last) {
                Event::Opens { .. } | Event::Delimiter(_) | Event::Surplus => {}
                Event::End(end) => return Some(end),
                Event::More => return None,
            }
        }
    }

    /// Goes on to what matters next; no more bytes than these follow if they are the `last`.
    #[inline]
    pub(super) fn next(&mut self, bytes: &[u8], last: bool) -> Event {
        loop {
            match self.state {
                State::Begin => {
                    if self.dialect.blanks_before_quotes() && !self.skip_blanks(bytes, last) {
                        return Event::More;
                    }
                    match bytes.get(self.at) {
                        None if last => return Event::End(self.at),
                        None => return Event::More,
                        Some(b'"') => {
                            let opens = Event::Opens { from: self.cell, at: self.at };
                            self.state = State::Quoted;
                            self.at += 1;
                            return opens;
                        }
                        Some(_) => self.state = State::Plain,
                    }
                }
                State::Plain => {
                    let first = self.dialect.delimiter()[0];
                    let Some(found) = memchr3(first, b'\n', b'\r', &bytes[self.at..]) else {
                        self.at = bytes.len();
                        return if last { Event::End(self.at) } else { Event::More };
                    };
                    self.at += found;
                    if matches!(bytes[self.at], b'\n' | b'\r') {
                        return Event::End(self.at);
                    }
                    match self.dialect.begins(&bytes[self.at..], last) {
                        None => return Event::More,
                        Some(true) => return self.delimiter(),
                        Some(false) => self.at += 1,
                    }
                }
                State::Quoted => {
                    let Some(found) = memchr(b'"', &bytes[self.at..]) else {
                        self.at = bytes.len();
                        return Event::More;
                    };
                    self.at += found;
                    match bytes.get(self.at + 1) {
                        None if !last => return Event::More,
                        Some(b'"') => self.at += 2,
                        _ => {
                            self.at += 1;
                            self.state = State::Closed;
                        }
                    }
                }
                State::Closed => {
                    if !self.skip_blanks(bytes, last) {
                        return Event::More;
                    }
                    match bytes.get(self.at) {
                        None if last => return Event::End(self.at),
                        None => return Event::More,
                        Some(b'\n' | b'\r') => return Event::End(self.at),
                        Some(_) => match self.dialect.begins(&bytes[self.at..], last) {
                            None => return Event::More,
                            Some(true) => return self.delimiter(),
                            Some(false) => {
                                self.state = State::Plain;
                                return Event::Surplus;
                            }
                        },
                    }
                }
            }
        }
    }

    fn delimiter(&mut self) -> Event {
        let at = self.at;
        self.at += self.dialect.delimiter().len();
        self.cell = self.at;
        self.state = State::Begin;
        Event::Delimiter(at)
    }

    /// Goes over blanks that are no delimiter; false if it takes more bytes to tell.
    fn skip_blanks(&mut self, bytes: &[u8], last: bool) -> bool {
        while let Some(byte) = bytes.get(self.at)
            && *byte <= b' '
            && !matches!(byte, b'\n' | b'\r')
        {
            match self.dialect.begins(&bytes[self.at..], last) {
                None => return false,
                Some(true) => return true,
                Some(false) => self.at += 1,
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows as `[cell|cell]` with their quotes, `!` for surplus text and `?` for a quote that never closes.
    fn read(dialect: &Dialect, text: &str, step: usize) -> String {
        let bytes = text.as_bytes();
        let mut shown = String::new();
        let mut seen = step.min(bytes.len());
        let mut scan = Scan::new(dialect, 0);
        while scan.at < bytes.len() {
            let begin = scan.at;
            let mut marks = Vec::new();
            let end = loop {
                match scan.next(&bytes[..seen], seen == bytes.len()) {
                    Event::Opens { from, at } => marks.push((at, format!("<{}", at - from))),
                    Event::Delimiter(at) => marks.push((at, "|".to_owned())),
                    Event::Surplus => marks.push((scan.at, "!".to_owned())),
                    Event::End(end) => break end,
                    Event::More if seen == bytes.len() => {
                        marks.push((seen, "?".to_owned()));
                        break seen;
                    }
                    Event::More => seen = (seen + step).min(bytes.len()),
                }
            };
            shown.push('[');
            let mut at = begin;
            for (place, mark) in marks {
                shown.push_str(&text[at..place]);
                shown.push_str(&mark);
                at = place + if mark == "|" { dialect.delimiter().len() } else { 0 };
            }
            shown.push_str(&text[at..end]);
            shown.push(']');
            scan = Scan::new(dialect, (end + 1).min(bytes.len()));
        }
        shown
    }

    #[test]
    fn finds_cells_and_rows_however_the_bytes_arrive() {
        let cases = [
            (",", "a,b\nc,d", "[a|b][c|d]"),
            (",", "\"a,\nb\",c\rd", "[<0\"a,\nb\"|c][d]"),
            (",", "\"a\"\"b\",\"\"\n", "[<0\"a\"\"b\"|<0\"\"]"),
            (",", "a\"b\nc", "[a\"b][c]"),
            (",", "a, \t\"b\" \t,c", "[a| \t<2\"b\" \t|c]"),
            (",", "\"a\"b,\"c\nd\"\n", "[<0\"a\"!b|<0\"c\nd\"]"),
            (",", "\"a\" \"b\n", "[<0\"a\" !\"b]"),
            (",", "a,\"b\n", "[a|<0\"b\n?]"),
            (",", "\"a\\\"b\"\n", "[<0\"a\\\"!b\"]"),
            ("\t", "a\t \"b\t\"\t\t", "[a| <1\"b\t\"||]"),
            ("||", "a||\"b||c\"||d|e|||f", "[a|<0\"b||c\"|d|e||f]"),
            ("||", "\"a\"|\n", "[<0\"a\"!|]"),
            (" | ", "a |  | \"b\" | c", "[a||<0\"b\"|c]"),
            ("\u{a6}", "a\u{a6}\"b\"\u{a6}\u{a4}", "[a|<0\"b\"|\u{a4}]"),
        ];
        for (delimiter, text, expected) in cases {
            let dialect = Dialect::columnar(delimiter).unwrap();
            for step in 1..=text.len() {
                assert_eq!(read(&dialect, text, step), expected, "{text:?} by {step}");
            }
        }
        let strict = read(&Dialect::record(), "1, \"2,3\"\n\"4\" ,5", 1);
        assert_eq!(strict, "[1| \"2|3\"][<0\"4\" |5]");
    }
}
