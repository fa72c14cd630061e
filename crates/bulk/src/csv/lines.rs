//! Counting lines, the way people and editors do: CR, LF and CRLF end one each.

use memchr::{memchr, memchr_iter};

/// Counts the lines of a text that comes in pieces.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lines {
    /// Lines that ended.
    pub(crate) ended: u64,
    /// The text so far ends with CR: a line feed now is part of it.
    after_return: bool,
}

impl Lines {
    pub(crate) fn add(&mut self, text: &[u8]) {
        let (Some(first), Some(last)) = (text.first(), text.last()) else { return };
        self.ended += memchr_iter(b'\n', text).count() as u64;
        if self.after_return && *first == b'\n' {
            self.ended -= 1;
        }
        if memchr(b'\r', text).is_some() {
            let alone = |at: &usize| text.get(at + 1) != Some(&b'\n');
            self.ended += memchr_iter(b'\r', text).filter(alone).count() as u64;
        }
        self.after_return = *last == b'\r';
    }

    /// Lines that end in a text.
    pub(crate) fn of(text: &[u8]) -> u64 {
        let mut lines = Lines::default();
        lines.add(text);
        lines.ended
    }
}

/// The lines of one text, counted from place to place.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LinesBefore {
    at: usize,
    lines: Lines,
}

impl LinesBefore {
    /// Lines that end before a place, which is not before that of the last question.
    pub(crate) fn count(&mut self, text: &[u8], at: usize) -> u64 {
        self.lines.add(&text[self.at..at]);
        self.at = at;
        self.lines.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_end_counts_once_wherever_a_text_is_cut() {
        let cases = [
            ("", 0),
            ("a", 0),
            ("a\n", 1),
            ("\r\n\r\n", 2),
            ("\r\r\n\n", 3),
            ("a\rb\nc\r\nd\n\r", 5),
            ("\n\r\n\r", 3),
        ];
        for (text, expected) in cases {
            for cut in 0..=text.len() {
                let mut lines = Lines::default();
                lines.add(&text.as_bytes()[..cut]);
                lines.add(&text.as_bytes()[cut..]);
                assert_eq!(lines.ended, expected, "{text:?} cut at {cut}");
            }
        }
    }
}
