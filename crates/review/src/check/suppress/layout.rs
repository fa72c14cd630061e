//! How the text of a rule file is laid out: which parts of it are no comments, whatever they look like, and on which
//! lines things begin and end.

use std::collections::BTreeMap;

use granit_parser::{Event, Marker, Parser, ScalarStyle, Span};
use vizard_sanitizer::Place;

/// What the parser of the loader says of a text. Of one that it cannot read, as far as it came.
#[derive(Debug, Default)]
pub(in crate::check) struct Layout {
    /// Scalars in quotes and blocks, in the order of the file: where they begin, and what no longer belongs to them.
    scalars: Vec<(Place, Place)>,
    /// The mappings that stand in lists of the file, such as endpoints: their last lines by where they begin.
    items: BTreeMap<Place, u32>,
    /// The keys at the top and below them, such as the names of definitions, with the last lines of their values.
    entries: BTreeMap<Place, u32>,
    /// The mappings in the list `endpoints` at the top.
    pub(in crate::check) endpoints: Vec<Place>,
    /// What belongs to no rules: a second document, or what cannot be read.
    rest: Option<Place>,
}

impl Layout {
    pub(in crate::check) fn of(text: &str) -> Layout {
        let mut reader = Reader { lines: lines(text), ..Reader::default() };
        for next in Parser::new_from_str(text) {
            let (event, span) = match next {
                Ok(next) => next,
                Err(error) => {
                    reader.layout.rest = Some(place(error.marker()));
                    break;
                }
            };
            if !reader.take(&event, span) {
                break;
            }
        }
        reader.layout
    }

    /// Whether a `#` at this place can begin a comment: it is in no scalar, and in the document that is read.
    pub(super) fn is_free(&self, place: Place) -> bool {
        let before = self.scalars.partition_point(|(begin, _)| *begin <= place);
        let inside = before.checked_sub(1).is_some_and(|it| place < self.scalars[it].1);
        !inside && self.rest.is_none_or(|rest| place < rest)
    }

    /// The lines of the mapping that begins there.
    pub(in crate::check) fn item(&self, begin: Place) -> Option<(u32, u32)> {
        self.items.get(&begin).map(|last| (begin.line, *last))
    }

    /// The lines of the key that begins there, and of its value.
    pub(in crate::check) fn entry(&self, begin: Place) -> Option<(u32, u32)> {
        self.entries.get(&begin).map(|last| (begin.line, *last))
    }
}

/// As YAML has them: a carriage return alone ends a line too.
pub(super) fn lines(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n").replace('\r', "\n").split('\n').map(str::to_owned).collect()
}

fn place(at: &Marker) -> Place {
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Place { line: number(at.line()), column: number(at.col().saturating_add(1)) }
}

/// A collection that is being read.
struct Open {
    begin: Place,
    is_mapping: bool,
    /// Of a mapping, the key whose value comes next, and its text.
    key: Option<(Place, String)>,
}

#[derive(Default)]
struct Reader {
    layout: Layout,
    lines: Vec<String>,
    open: Vec<Open>,
    documents: usize,
    /// The line on which what was read last ends.
    last: u32,
}

/// Deeper there is nothing that comments are about as a whole.
const DEEPEST: usize = 3;

impl Reader {
    /// Takes one event; `false` ends the reading.
    fn take(&mut self, event: &Event<'_>, span: Span) -> bool {
        let begin = place(&span.start);
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents == 2 {
                    self.layout.rest = Some(begin);
                    return false;
                }
            }
            Event::Scalar(text, style, ..) => {
                let end = place(&span.end);
                if *style != ScalarStyle::Plain {
                    self.layout.scalars.push((begin, end));
                }
                // What is not there stands where the next thing does.
                if begin < end {
                    self.last = self.last.max(self.last_line(end));
                }
                match self.open.last_mut() {
                    Some(Open { is_mapping: true, key: key @ None, .. }) => {
                        *key = Some((begin, text.to_string()));
                    }
                    _ => self.closed(),
                }
            }
            Event::Alias(_) => {
                self.last = self.last.max(begin.line);
                self.closed();
            }
            Event::SequenceStart(..) => self.open.push(Open { begin, is_mapping: false, key: None }),
            Event::MappingStart(..) => self.open.push(Open { begin, is_mapping: true, key: None }),
            Event::SequenceEnd | Event::MappingEnd => {
                let end = place(&span.end);
                // In block style nothing stands at the end.
                if begin < end {
                    self.last = self.last.max(end.line);
                }
                if let Some(closed) = self.open.pop() {
                    self.item(&closed);
                }
                self.closed();
            }
            _ => {}
        }
        true
    }

    /// The last line of what ends before a place: the one above, where only spaces are before it.
    fn last_line(&self, end: Place) -> u32 {
        let line = self.lines.get(end.line.saturating_sub(1) as usize).map_or("", String::as_str);
        let is_above = line.chars().take(end.column.saturating_sub(1) as usize).all(char::is_whitespace);
        if is_above { end.line.saturating_sub(1) } else { end.line }
    }

    /// Notes a mapping that stands in a list of the file.
    fn item(&mut self, closed: &Open) {
        let [.., Open { is_mapping: false, .. }] = self.open[..] else { return };
        if !closed.is_mapping || self.open.len() >= DEEPEST {
            return;
        }
        self.layout.items.insert(closed.begin, self.last.max(closed.begin.line));
        if let [Open { key: Some((_, key)), .. }, _] = &self.open[..]
            && key == "endpoints"
        {
            self.layout.endpoints.push(closed.begin);
        }
    }

    /// The value of a key has ended, if it was one.
    fn closed(&mut self) {
        let depth = self.open.len();
        let Some(Open { is_mapping: true, key, .. }) = self.open.last_mut() else { return };
        if let Some((begin, _)) = key.take()
            && depth < DEEPEST
        {
            self.layout.entries.insert(begin, self.last.max(begin.line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_where_comments_can_begin() {
        for (text, free) in [
            ("a: 1 # x\n", vec![true]),
            ("a: |\n  # x\n # y\nb: 1\n", vec![false, true]),
            ("a: | # x\n  one\n  # y\n\n  # z\n# w\n", vec![true, false, false, true]),
            ("a:\n- >-\n  one\n\n  # x\n\n# y\n- two # z", vec![false, true, true]),
            ("a: 'one\n  # x\n  two' # y\n", vec![false, true]),
            ("a: \"one # x\n\n  # y \\\" # z\n  two\" # w\n", vec![false, false, false, true]),
            ("a: [one, # x\n 'two # y', # z\n # w\n]\n", vec![true, false, true, true]),
            ("a: |1\n # x", vec![false]),
            ("a: |\r # x\r# y\rb: 1 # z", vec![false, true, true]),
            ("\u{e9}: '\u{1f350} # x' # y", vec![false, true]),
            ("a: 1 # x\n---\n# y\nb: 1 # z\n", vec![true, false, false]),
            ("a: 1 # x\n]\n# y\n", vec![true, false]),
        ] {
            let layout = Layout::of(text);
            let mut found = Vec::new();
            for (line, written) in lines(text).iter().enumerate() {
                for (column, _) in written.chars().enumerate().filter(|(_, c)| *c == '#') {
                    let number = |it: usize| u32::try_from(it + 1).unwrap();
                    found.push(layout.is_free(Place { line: number(line), column: number(column) }));
                }
            }
            assert_eq!(found, free, "{text}");
        }
    }

    #[test]
    fn knows_where_things_end() {
        let text = "endpoints:\n- a: 1\n  b: |\n    x\n\n# c\n- a: 1\n  b:\n\n  # c\n-\n  a: {b: 1,\n   c: 2}\n- {a: 1}\nd:\n  X:\n    y: 1\n\n  # c\n  Y: {}\n";
        let layout = Layout::of(text);
        let place = |line, column| Place { line, column };
        assert_eq!(layout.endpoints, [place(2, 3), place(7, 3), place(12, 3), place(14, 3)]);
        for (begin, lines) in
            [(place(2, 3), (2, 5)), (place(7, 3), (7, 8)), (place(12, 3), (12, 13)), (place(14, 3), (14, 14))]
        {
            assert_eq!(layout.item(begin), Some(lines));
        }
        for (begin, lines) in [(place(1, 1), (1, 14)), (place(16, 3), (16, 17)), (place(20, 3), (20, 20))] {
            assert_eq!(layout.entry(begin), Some(lines));
        }
    }
}
