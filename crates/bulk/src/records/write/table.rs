//! Records as CSV: the first record says which columns there are.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::memchr;

use crate::csv::{is_formula, write_row};
use crate::failure::Failure;
use crate::records::extent::Extent;
use crate::task::Options;

/// Turns lines of compact JSON into rows.
pub(super) struct Table<'t> {
    options: &'t Options,
    /// Names of the columns; `None` before the first record.
    columns: Option<Vec<String>>,
    places: HashMap<String, usize>,
    dropped: u64,
    out: Vec<u8>,
}

impl<'t> Table<'t> {
    pub(super) fn new(options: &'t Options) -> Table<'t> {
        Table { options, columns: None, places: HashMap::new(), dropped: 0, out: Vec::new() }
    }

    /// Members that no column was there for.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// What comes of some records, the header before the first of all.
    pub(super) fn rows(&mut self, records: &[u8]) -> Result<&[u8], Failure> {
        let text = simdutf8::basic::from_utf8(records).map_err(|_| not_ours())?;
        self.out.clear();
        let mut cells: Vec<Cow<'_, str>> = Vec::new();
        for record in text.lines() {
            let columns = match &self.columns {
                Some(columns) => columns,
                None => {
                    let names = Members { record, at: 0 }.map(|member| Ok(member?.0.into_owned()));
                    let names: Vec<String> = unlike(names.collect::<Result<_, Failure>>()?);
                    let shown =
                        names.iter().map(|name| match self.options.escape_formulas && is_formula(name) {
                            true => Cow::Owned(format!("'{name}")),
                            false => Cow::Borrowed(name.as_str()),
                        });
                    let shown: Vec<Cow<'_, str>> = shown.collect();
                    write_row(shown.iter().map(Cow::as_ref), "\n", &mut self.out);
                    self.places = names.iter().cloned().zip(0..).collect();
                    self.columns.insert(names)
                }
            };
            cells.clear();
            cells.resize(columns.len(), Cow::Borrowed(""));
            for (index, member) in (Members { record, at: 0 }).enumerate() {
                let (name, value) = member?;
                let place = match columns.get(index) {
                    Some(column) if *column == name => Some(index),
                    _ => self.places.get(name.as_ref()).copied(),
                };
                match place {
                    Some(place) => cells[place] = cell(value)?,
                    None => self.dropped += 1,
                }
            }
            if self.options.escape_formulas {
                for cell in cells.iter_mut().filter(|cell| is_formula(cell)) {
                    cell.to_mut().insert(0, '\'');
                }
            }
            write_row(cells.iter().map(Cow::as_ref), "\n", &mut self.out);
        }
        Ok(&self.out)
    }
}

/// Without the names that came before.
fn unlike(names: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}

/// Text as it reads, nothing for null, all else as JSON.
fn cell(value: &str) -> Result<Cow<'_, str>, Failure> {
    match value.as_bytes() {
        [b'"', ..] => text(value),
        b"null" => Ok(Cow::Borrowed("")),
        _ => Ok(Cow::Borrowed(value)),
    }
}

/// What a string of JSON says.
fn text(quoted: &str) -> Result<Cow<'_, str>, Failure> {
    match memchr(b'\\', quoted.as_bytes()) {
        None => Ok(Cow::Borrowed(&quoted[1..quoted.len() - 1])),
        Some(_) => serde_json::from_str(quoted).map(Cow::Owned).map_err(|_| not_ours()),
    }
}

/// The members of a record: names as they read, values as they are written.
struct Members<'m> {
    record: &'m str,
    at: usize,
}

impl<'m> Members<'m> {
    fn member(&mut self) -> Result<(Cow<'m, str>, &'m str), Failure> {
        let (record, bytes) = (self.record, self.record.as_bytes());
        let name = self.at + 1;
        let colon = Extent::at(name).end(bytes, true).filter(|end| bytes.get(*end) == Some(&b':'));
        let colon = colon.ok_or_else(not_ours)?;
        let value = colon + 1;
        let end = match bytes.get(value) {
            Some(b'"' | b'{' | b'[') => Extent::at(value).end(bytes, true),
            _ => bytes[value..].iter().position(|byte| matches!(byte, b',' | b'}')).map(|end| value + end),
        };
        let end = end.filter(|end| *end > value).ok_or_else(not_ours)?;
        self.at = end;
        Ok((
            text(record.get(name..colon).ok_or_else(not_ours)?)?,
            record.get(value..end).ok_or_else(not_ours)?,
        ))
    }
}

impl<'m> Iterator for Members<'m> {
    type Item = Result<(Cow<'m, str>, &'m str), Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.record.as_bytes();
        let more = match bytes.get(self.at) {
            Some(b'{') if self.at == 0 => bytes.get(1) != Some(&b'}'),
            Some(b',') => self.at > 0,
            _ => false,
        };
        more.then(|| {
            let member = self.member();
            if member.is_err() {
                self.at = bytes.len();
            }
            member
        })
    }
}

/// Compact JSON is what the engine writes, so this is a fault of the program itself.
fn not_ours() -> Failure {
    Failure::new("internal", "a fault of the program itself: a sanitized record is not as it should be")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_names_the_columns_and_values_read_as_they_should() {
        let cases = [
            ("", "", 0),
            ("{\"a\":1,\"b\":\"x\"}\n{\"b\":\"y\",\"a\":2}\n", "a,b\n1,x\n2,y\n", 0),
            ("{\"a\":1}\n{\"c\":9,\"b\":2}\n{\"a\":3,\"c\":1}\n", "a\n1\n\"\"\n3\n", 3),
            (
                "{\"a\":null,\"b\":true,\"c\":[1,{\"x\":\"y,}\"}],\"d\":{},\"e\":-1.50}\n",
                "a,b,c,d,e\n,true,\"[1,{\"\"x\"\":\"\"y,}\"\"}]\",{},-1.50\n",
                0,
            ),
            ("{\"a\\\"b\":\"l1\\nl2\\u00e9\"}\n", "\"a\"\"b\"\n\"l1\nl2\u{e9}\"\n", 0),
            ("{\"a\":1,\"a\":2,\"b\":3}\n", "a,b\n2,3\n", 0),
            ("{\"\\u0061\":1}\n{\"a\":2}\n", "a\n1\n2\n", 0),
            ("{}\n{\"a\":1}\n", "\"\"\n\"\"\n\"\"\n", 1),
        ];
        let options = Options::default();
        for (records, expected, dropped) in cases {
            let mut table = Table::new(&options);
            let mut out = Vec::new();
            for record in records.split_inclusive('\n') {
                out.extend_from_slice(table.rows(record.as_bytes()).unwrap());
            }
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            assert_eq!(table.dropped(), dropped, "{records}");
            let mut whole = Table::new(&options);
            assert_eq!(whole.rows(records.as_bytes()).unwrap(), expected.as_bytes());
        }
        for broken in ["{\"a\"}", "{\"a\":}", "{\"a\":\"x", "{a:1}", "{\"a\":1", "{\"\u{e9}:1}"] {
            assert!(Table::new(&options).rows(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
