//! Rule files as trees of text with lines: YAML without anchors, aliases and repeated keys.

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::problem::{Problem, Problems};

/// A value and where it stands.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    /// The tag without leading `!`.
    pub(crate) tag: Option<String>,
    pub(crate) value: Value,
}

/// A scalar is the text that was written, whatever it looks like.
#[derive(Debug)]
pub(crate) enum Value {
    /// Nothing, `~` or `null`.
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a mapping and what stands behind it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) line: usize,
    pub(crate) key: String,
    pub(crate) node: Node,
}

/// The one document of a file.
pub(crate) fn read(text: &str) -> Result<Node, Vec<Problem>> {
    if text.len() > LONGEST {
        return Err(one(1, format!("the file is longer than {} MiB", LONGEST / 1024 / 1024)));
    }
    let mut reader = Reader { parser: Parser::new_from_str(text), left: VALUES, line: 1 };
    reader.document().map_err(|why| one(reader.line, why))
}

fn one(line: usize, why: String) -> Vec<Problem> {
    vec![Problem { line, why }]
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    left: usize,
    line: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Node, String> {
        let mut document = None;
        loop {
            match self.next()? {
                Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd => {}
                Event::StreamEnd => return document.ok_or_else(|| "the file is empty".to_owned()),
                _ if document.is_some() => return Err("a file holds one YAML document".to_owned()),
                event => document = Some(self.node(event, 0)?),
            }
        }
    }

    fn next(&mut self) -> Result<Event<'a>, String> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                self.line = line(span);
                Ok(event)
            }
            Some(Err(error)) => {
                self.line = error.marker().line().max(1);
                Err("this is not YAML".to_owned())
            }
            None => Ok(Event::StreamEnd),
        }
    }

    fn node(&mut self, event: Event<'a>, depth: usize) -> Result<Node, String> {
        let start = self.line;
        if depth > DEEPEST {
            return Err(format!("nested deeper than {DEEPEST}"));
        }
        self.left = self.left.checked_sub(1).ok_or_else(|| format!("more than {VALUES} values"))?;
        let (anchor, tag, value) = match event {
            Event::Scalar(text, style, anchor, tag) => (anchor, tag, scalar(&text, style)),
            Event::SequenceStart(anchor, tag) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        Event::SequenceEnd => break,
                        event => items.push(self.node(event, depth + 1)?),
                    }
                }
                (anchor, tag, Value::List(items))
            }
            Event::MappingStart(anchor, tag) => (anchor, tag, Value::Map(self.entries(depth)?)),
            Event::Alias(_) => return Err("aliases are not read".to_owned()),
            _ => return Err("this is not YAML".to_owned()),
        };
        if anchor != 0 {
            self.line = start;
            return Err("anchors are not read".to_owned());
        }
        Ok(Node { line: start, tag: tag.as_deref().map(name), value })
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, String> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        loop {
            let event = match self.next()? {
                Event::MappingEnd => return Ok(entries),
                event => event,
            };
            let line = self.line;
            let key = match self.node(event, depth + 1)? {
                Node { tag: None, value: Value::Text(key), .. } => key,
                _ => return Err("a key must be text without a tag".to_owned()),
            };
            if !known.insert(key.clone()) {
                self.line = line;
                return Err(format!("`{key}` stands twice in one mapping"));
            }
            let event = self.next()?;
            let node = self.node(event, depth + 1)?;
            entries.push(Entry { line, key, node });
        }
    }
}

fn line(span: Span) -> usize {
    span.start.line().max(1)
}

/// `!<redact>`, `!redact` and `!!redact` name the same.
fn name(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix).trim_start_matches('!').to_owned()
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    match (style, text) {
        (ScalarStyle::Plain, "" | "~" | "null" | "Null" | "NULL") => Value::Null,
        _ => Value::Text(text.to_owned()),
    }
}

const LONGEST: usize = 16 * 1024 * 1024;
const DEEPEST: usize = 100;
const VALUES: usize = 200_000;

impl Node {
    /// The text of a scalar.
    pub(crate) fn text(&self, what: &str, problems: &mut Problems) -> Option<&str> {
        self.untagged(problems);
        match &self.value {
            Value::Text(text) => Some(text),
            _ => {
                problems.tell(self.line, format!("{what} must be text"));
                None
            }
        }
    }

    /// The elements of a list.
    pub(crate) fn list(&self, what: &str, problems: &mut Problems) -> &[Node] {
        self.untagged(problems);
        match &self.value {
            Value::List(items) => items,
            _ => {
                problems.tell(self.line, format!("{what} must be a list"));
                &[]
            }
        }
    }

    /// A list of texts.
    pub(crate) fn texts(&self, what: &str, problems: &mut Problems) -> Vec<String> {
        let items = self.list(what, problems);
        items.iter().filter_map(|it| it.text(what, problems)).map(str::to_owned).collect()
    }

    /// The keys of a mapping, whatever its tag.
    pub(crate) fn entries(&self, what: &str, problems: &mut Problems) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => {
                problems.tell(self.line, format!("{what} must be a mapping"));
                &[]
            }
        }
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, what: &str, problems: &mut Problems) -> bool {
        match self.text(what, problems) {
            Some("true") => true,
            Some("false") | None => false,
            Some(_) => {
                problems.tell(self.line, format!("{what} must be true or false"));
                false
            }
        }
    }

    pub(crate) fn untagged(&self, problems: &mut Problems) {
        if self.tag.is_some() {
            problems.tell(self.line, "a tag stands where none is read");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_text_of_scalars_the_lines_and_the_tags() {
        let node = read("a: 010\nb:\n- !<redact> {x: null}\n- !redact {x: 'null'}\n").unwrap();
        let mut problems = Problems::default();
        let entries = node.entries("it", &mut problems);
        assert_eq!(entries[0].node.text("a", &mut problems), Some("010"));
        assert_eq!((entries[1].line, entries[1].key.as_str()), (2, "b"));
        let items = entries[1].node.list("b", &mut problems);
        assert_eq!(items.iter().map(|it| it.line).collect::<Vec<_>>(), [3, 4]);
        assert!(items.iter().all(|it| it.tag.as_deref() == Some("redact")));
        assert!(matches!(items[0].entries("x", &mut problems)[0].node.value, Value::Null));
        assert!(matches!(items[1].entries("x", &mut problems)[0].node.value, Value::Text(_)));
        assert_eq!(problems.0, []);
    }

    #[test]
    fn refuses_what_could_be_read_in_two_ways() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        let cases = [
            ("", 1, "empty"),
            ("a: 1\na: 2", 2, "twice"),
            ("a: &x 1\nb: *x", 1, "anchors"),
            ("a: 1\nb: *x", 2, "not YAML"),
            ("a: 1\n---\nb: 2", 3, "one YAML document"),
            ("? [a]\n: 1", 1, "key"),
            ("a: [", 2, "not YAML"),
            (deep.as_str(), 1, "deeper"),
        ];
        for (text, line, why) in cases {
            let problems = read(text).unwrap_err();
            assert!(problems[0].why.contains(why), "{text:?}: {problems:?}");
            assert_eq!(problems[0].line, line, "{text:?}: {problems:?}");
        }
    }
}
