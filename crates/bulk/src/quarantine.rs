//! Rows that cannot be sanitized, set aside: one JSON object a line, with the row as it came.
//!
//! What is written here is clear data. It goes where the operator says, never beside the output.

use std::io::Write;

use crate::failure::Place;

/// A row that was set aside.
#[derive(Debug)]
pub(crate) struct Rejected {
    /// Where it stands. Its `record` counts from the beginning of its block.
    pub place: Place,
    /// Why.
    pub code: &'static str,
    /// The row as it came, or its beginning if it is too long.
    pub row: Vec<u8>,
}

impl Rejected {
    /// Appends its line; `records_before` stand before its block.
    pub(crate) fn write(&self, records_before: u64, out: &mut Vec<u8>) {
        let number = |out: &mut Vec<u8>, name: &str, number: Option<u64>| {
            let written = match number {
                Some(number) => write!(out, "\"{name}\":{number},"),
                None => write!(out, "\"{name}\":null,"),
            };
            written.expect("memory takes it");
        };
        out.push(b'{');
        number(out, "line", self.place.line);
        number(out, "record", self.place.record.map(|record| record + records_before));
        number(out, "column", self.place.column);
        write!(out, "\"code\":\"{}\",\"row\":", self.code).expect("memory takes it");
        serde_json::to_writer(&mut *out, &String::from_utf8_lossy(&self.row)).expect("text is always JSON");
        out.extend_from_slice(b"}\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_row_is_one_line_of_json() {
        let cases: [(Place, &[u8], &str); 3] = [
            (
                Place { line: Some(7), record: Some(2), column: Some(3) },
                b"1,\"two\nlines\"x",
                r#"{"line":7,"record":12,"column":3,"code":"ragged","row":"1,\"two\nlines\"x"}"#,
            ),
            (
                Place { line: Some(1), record: None, column: None },
                b"\xff\x00",
                "{\"line\":1,\"record\":null,\"column\":null,\"code\":\"ragged\",\"row\":\"\u{fffd}\\u0000\"}",
            ),
            (Place::default(), b"", r#"{"line":null,"record":null,"column":null,"code":"ragged","row":""}"#),
        ];
        for (place, row, expected) in cases {
            let mut out = Vec::new();
            Rejected { place, code: "ragged", row: row.to_vec() }.write(10, &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), format!("{expected}\n"));
        }
    }
}
