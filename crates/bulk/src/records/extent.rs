//! Where a JSON value ends, found by its quotes and brackets alone. Whether it is sound is for others to say: this only
//! promises that a sound value ends where it says.

use memchr::memchr2;

use crate::bits::{Lanes, parity};

/// A value that begins at a known place, and how far it was followed. Can stop where the bytes end and go on when
/// there are more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    /// Everything before is done with.
    pub(super) at: usize,
    state: State,
    /// Brackets that are open.
    depth: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// At its first byte.
    Begin,
    /// Within brackets.
    Open,
    /// Within quotes.
    Quoted,
    /// Within a number or a word.
    Bare,
}

impl Extent {
    /// Of a value that begins here.
    pub(super) fn at(at: usize) -> Extent {
        Extent { at, state: State::Begin, depth: 0 }
    }

    /// Where the value ends; `None` if it goes on behind the bytes, of which no more follow if they are the `last`.
    pub(super) fn end(&mut self, bytes: &[u8], last: bool) -> Option<usize> {
        loop {
            match self.state {
                State::Begin => match bytes.get(self.at)? {
                    b'"' => {
                        self.at += 1;
                        self.state = State::Quoted;
                    }
                    b'{' | b'[' => self.state = State::Open,
                    _ => self.state = State::Bare,
                },
                State::Open | State::Quoted => {
                    let end = self.leap(bytes).or_else(|| self.walk(bytes, self.at.saturating_add(64)));
                    if end.is_some() || self.at >= bytes.len() || self.is_stuck(bytes) {
                        return end;
                    }
                }
                State::Bare => {
                    let stops = |byte: &u8| matches!(byte, b',' | b']' | b' ' | b'\t' | b'\r' | b'\n');
                    let found = bytes[self.at..].iter().position(stops);
                    self.at = found.map_or(bytes.len(), |found| self.at + found);
                    return (found.is_some() || last).then_some(self.at);
                }
            }
        }
    }

    /// What a backslash stands for is still to come.
    fn is_stuck(&self, bytes: &[u8]) -> bool {
        self.state == State::Quoted && bytes[self.at..] == *b"\\"
    }

    /// Goes on within brackets by 64 bytes, as long as no backslash is among them.
    #[inline]
    fn leap(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.depth == 0 {
            return None;
        }
        while let Some(chunk) = bytes[self.at..].first_chunk::<64>() {
            let lanes = Lanes::of(chunk);
            if lanes.equal(b'\\') != 0 {
                return None;
            }
            let before = if self.state == State::Quoted { u64::MAX } else { 0 };
            let quoted = parity(lanes.equal(b'"')) ^ before;
            let brackets = lanes.small();
            let opening = brackets.equal(b'{') & !quoted;
            let closing = brackets.equal(b'}') & !quoted;
            if self.depth > closing.count_ones() as usize {
                self.depth = self.depth + opening.count_ones() as usize - closing.count_ones() as usize;
            } else {
                let mut both = opening | closing;
                while both != 0 {
                    let bit = both & both.wrapping_neg();
                    both ^= bit;
                    match opening & bit {
                        0 => self.depth -= 1,
                        _ => self.depth += 1,
                    }
                    if self.depth == 0 {
                        self.at += bit.trailing_zeros() as usize + 1;
                        return Some(self.at);
                    }
                }
            }
            self.state = if quoted >> 63 == 1 { State::Quoted } else { State::Open };
            self.at += 64;
        }
        None
    }

    /// Goes on byte by byte, up to a place or a little farther.
    fn walk(&mut self, bytes: &[u8], until: usize) -> Option<usize> {
        let until = until.min(bytes.len());
        while self.at < until {
            if self.state == State::Quoted {
                let Some(found) = memchr2(b'"', b'\\', &bytes[self.at..until]) else {
                    self.at = until;
                    return None;
                };
                self.at += found;
                match (bytes[self.at], bytes.get(self.at + 1)) {
                    (b'"', _) if self.depth == 0 => {
                        self.at += 1;
                        return Some(self.at);
                    }
                    (b'"', _) => {
                        self.at += 1;
                        self.state = State::Open;
                    }
                    (_, Some(_)) => self.at += 2,
                    (_, None) => return None,
                }
                continue;
            }
            match bytes[self.at] {
                b'"' => self.state = State::Quoted,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth -= 1,
                _ => {}
            }
            self.at += 1;
            if self.depth == 0 {
                return Some(self.at);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_it_ends_however_the_bytes_arrive() {
        let cases = [
            ("{}", "", true),
            (r#"{"a":[1,{"b":"]}"}]}"#, ",{", true),
            (r#"[[],["\\"],"\""]"#, "]", true),
            (r#""a\"b""#, " ", true),
            (r#"{"\\":"\\\"}"}"#, "}", true),
            ("-1.5e3", ",", true),
            ("true", "]", true),
            ("null", "\r", true),
            ("12", "", false),
            ("x\"y", "\n", true),
            ("}", ",", true),
        ];
        for (value, after, known) in cases {
            let text = format!("{value}{after}");
            for step in 1..=text.len() {
                let mut extent = Extent::at(0);
                let mut seen = 0;
                let mut end = None;
                while end.is_none() && seen < text.len() {
                    seen = (seen + step).min(text.len());
                    end = extent.end(&text.as_bytes()[..seen], false);
                }
                assert_eq!(end, known.then_some(value.len()), "{text} by {step}");
                let end = end.or_else(|| extent.end(text.as_bytes(), true));
                assert_eq!(end, Some(value.len()), "{text} by {step}");
            }
        }
        // Long enough for leaps, with backslashes and brackets at every place.
        for shift in 0..70 {
            let filler = "x".repeat(shift);
            for inner in ["\\\\\\\"]}{[", "]}{[", "{\\\\"] {
                let value = format!(
                    "{{\"{filler}\":[\"{inner}\",{{\"a\":[[[[{shift}]]]]}},\"{filler}{filler}{inner}\"],\"{filler}\":{{}}}}"
                );
                let text = format!("{value},{value}");
                assert!(serde_json::from_str::<serde_json::Value>(&value).is_ok());
                for step in [1, 7, 63, 64, 65, 1000] {
                    let mut extent = Extent::at(0);
                    let mut seen = 0;
                    let mut end = None;
                    while end.is_none() && seen < text.len() {
                        seen = (seen + step).min(text.len());
                        end = extent.end(&text.as_bytes()[..seen], false);
                    }
                    assert_eq!(end, Some(value.len()), "{text} by {step}");
                }
            }
        }
        for open in ["{", "[1", "\"a", "\"a\\\"", "{\"a\":\"}"] {
            assert_eq!(Extent::at(0).end(open.as_bytes(), true), None, "{open}");
        }
    }
}
