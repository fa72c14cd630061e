//! Rows as CSV: always with commas, and quoted where a reader would take a value for something else.

use memchr::{memchr, memchr3};

/// Appends a value, quoted if it holds a comma, a quote or a line end, if it begins with a character up to `#`, or if
/// it ends with one up to a space.
#[inline]
pub(super) fn push(value: &str, out: &mut Vec<u8>) {
    let bytes = value.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return };
    let plain = *first > b'#'
        && *last > b' '
        && memchr3(b',', b'"', b'\n', bytes).is_none()
        && memchr(b'\r', bytes).is_none();
    match plain {
        true => out.extend_from_slice(bytes),
        false => push_quoted(bytes, out),
    }
}

/// The same for a value without commas, quotes and line ends.
#[inline]
pub(super) fn push_plain(value: &str, out: &mut Vec<u8>) {
    let bytes = value.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return };
    match *first > b'#' && *last > b' ' {
        true => out.extend_from_slice(bytes),
        false => push_quoted(bytes, out),
    }
}

#[cold]
#[inline(never)]
fn push_quoted(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = bytes;
    while let Some(quote) = memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=quote]);
        out.push(b'"');
        rest = &rest[quote + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Appends a row. One empty cell alone is written as `""`, because an empty line is no row.
pub(crate) fn row<'c>(cells: impl IntoIterator<Item = &'c str>, newline: &str, out: &mut Vec<u8>) {
    let begin = out.len();
    let mut several = false;
    for cell in cells {
        if several {
            out.push(b',');
        }
        push(cell, out);
        several = true;
    }
    end(begin, newline, out);
}

/// Ends the row that began there.
#[inline]
pub(super) fn end(begin: usize, newline: &str, out: &mut Vec<u8>) {
    if out.len() == begin {
        out.extend_from_slice(b"\"\"");
    }
    out.extend_from_slice(newline.as_bytes());
}

/// Whether a spreadsheet would take the value for a formula.
pub(crate) fn is_formula(value: &str) -> bool {
    let number = || value.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    match value.as_bytes().first() {
        Some(b'=' | b'@' | b'\t' | b'\r') => true,
        Some(b'+' | b'-') => !(number() && value.parse::<f64>().is_ok()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_what_would_be_read_as_something_else() {
        let cases: [(&[&str], &str); 9] = [
            (&["a", "b c", "1.5"], "a,b c,1.5\n"),
            (
                &["a,b", "say \"hi\"", "two\nlines", "old\rmac"],
                "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\"old\rmac\"\n",
            ),
            (&["#1", "!", " a", "a ", "a\u{3}", "$", "#"], "\"#1\",\"!\",\" a\",\"a \",\"a\u{3}\",$,\"#\"\n"),
            (&["", "", ""], ",,\n"),
            (&[""], "\"\"\n"),
            (&["\""], "\"\"\"\"\n"),
            (&["\u{e9}t\u{e9}", "\u{5f20}"], "\u{e9}t\u{e9},\u{5f20}\n"),
            (&["=1+1", "@x", "-1"], "=1+1,@x,-1\n"),
            (&["a;b\tc"], "a;b\tc\n"),
        ];
        for (cells, expected) in cases {
            let mut out = Vec::new();
            row(cells.iter().copied(), "\n", &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
            for cell in cells.iter().filter(|cell| !cell.contains([',', '"', '\r', '\n'])) {
                let (mut one, mut other) = (Vec::new(), Vec::new());
                push(cell, &mut one);
                push_plain(cell, &mut other);
                assert_eq!(one, other, "{cell:?}");
            }
        }
    }

    #[test]
    fn tells_formulas_from_numbers() {
        let formulas =
            ["=1", "=", "@sum", "+a", "-a", "-", "+", "-1+cmd", "--1", "-inf", "+nan", "\tx", "\r"];
        let others = ["", "1", "-1", "+1", "-1.5e-3", "+.5", "a=1", "a@b", "'=1", "\u{2212}1", "$1"];
        assert!(formulas.into_iter().all(is_formula));
        assert!(!others.into_iter().any(is_formula));
    }
}
