//! Whether a file can be what it is read as, by its first bytes. A file that is read as something else would fail late
//! and with words that help nobody, or, worse, pass.

use super::Format;
use crate::compression::Compression;
use crate::failure::Failure;

/// How many first bytes are looked at.
pub(crate) const HEAD: usize = 8 << 10;

/// What files begin with that are none of ours.
const FOREIGN: [(&[u8], &str); 6] = [
    (b"PK\x03\x04", "a zip archive (or a spreadsheet)"),
    (b"BZh", "compressed by bzip2"),
    (b"\xfd7zXZ\0", "compressed by xz"),
    (b"%PDF-", "a PDF"),
    (b"Obj\x01", "Avro"),
    (b"ORC", "ORC"),
];

/// Holds the first bytes, decompressed and without a byte order mark, against the format.
pub(crate) fn check(format: Format, head: &[u8]) -> Result<(), Failure> {
    if Compression::of(head) != Compression::None {
        let message = "the file was compressed twice; only one layer is taken off";
        return Err(Failure::new("compressed-twice", message));
    }
    // The second is that of encrypted files, which are refused by what reads them.
    let parquet = head.starts_with(b"PAR1") || head.starts_with(b"PARE");
    if format == Format::Parquet {
        return if parquet { Ok(()) } else { refused("not-parquet", format, "does not begin like one") };
    }
    if parquet {
        return refused("not-text", format, "is Parquet");
    }
    if matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, 0, ..] | [_, 0, _, 0, ..]) {
        let message = "the file is not UTF-8, but probably UTF-16; export it as UTF-8";
        return Err(Failure::new("not-utf-8", message));
    }
    for (magic, kind) in FOREIGN {
        // Three letters may well be the beginning of a header.
        if head.starts_with(magic) && (magic.len() > 3 || head.iter().take(64).any(|byte| *byte < b'\t')) {
            return refused("not-text", format, &format!("is {kind}"));
        }
    }
    let text = head.trim_ascii_start();
    match (format, text.first()) {
        (Format::Ndjson, Some(b'[')) => refused(
            "not-ndjson",
            format,
            "begins with `[`; if it is one JSON array, its format is JSON_ARRAY",
        ),
        (Format::JsonArray, Some(b'{')) => refused(
            "not-json-array",
            format,
            "begins with `{`; if there is one JSON object on each line, its format is NDJSON",
        ),
        (Format::JsonArray, None) if head.len() < HEAD => {
            refused("not-json-array", format, "is empty; an array without records is `[]`")
        }
        (Format::JsonArray, Some(first)) if *first != b'[' => {
            refused("not-json-array", format, "does not begin with `[`")
        }
        (Format::Csv, Some(b'{')) if begins(&text[1..], b"\"}") => {
            refused("not-csv", format, "begins like JSON; its format is NDJSON, or record rules may read it")
        }
        (Format::Csv, Some(b'[')) if begins(&text[1..], b"{[\"]") => {
            refused("not-csv", format, "begins like a JSON array; record rules with JSON_ARRAY may read it")
        }
        _ => Ok(()),
    }
}

/// Whether one of these comes next, after white space.
fn begins(text: &[u8], with: &[u8]) -> bool {
    text.trim_ascii_start().first().is_some_and(|first| with.contains(first))
}

fn refused(code: &'static str, format: Format, why: &str) -> Result<(), Failure> {
    Err(Failure::new(code, format!("the file is read as {}, but it {why}", format.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_something_else_is_refused_by_its_first_bytes() {
        let (csv, lines, array, parquet) = (Format::Csv, Format::Ndjson, Format::JsonArray, Format::Parquet);
        let cases: [(Format, &[u8], Option<&str>); 40] = [
            (lines, b"", None),
            (lines, b" \r\n{}", None),
            (lines, b"nonsense", None),
            (lines, b"\n [", Some("not-ndjson")),
            (lines, b"PAR1....", Some("not-text")),
            (lines, b"\x1f\x8b\x08", Some("compressed-twice")),
            (lines, b"\x28\xb5\x2f\xfd", Some("compressed-twice")),
            (lines, b"\xff\xfe{\0", Some("not-utf-8")),
            (lines, b"{\0\"\0a\0", Some("not-utf-8")),
            (lines, b"\0{\0\"\0a", Some("not-utf-8")),
            (array, b"[]", None),
            (array, b"\n\t[\n{", None),
            (array, b"", Some("not-json-array")),
            (array, b" \n", Some("not-json-array")),
            (array, b"{}", Some("not-json-array")),
            (array, b"\"a\"", Some("not-json-array")),
            (array, b"a,b", Some("not-json-array")),
            (array, b"PAR1", Some("not-text")),
            (csv, b"", None),
            (csv, b"a,b\n", None),
            (csv, b"[id],[name]\n", None),
            (csv, b"{id},{name}\n", None),
            (csv, b"\"[\",b\n", None),
            (csv, b"{\"a\":1}", Some("not-csv")),
            (csv, b"{ \"a\":1}", Some("not-csv")),
            (csv, b"{}", Some("not-csv")),
            (csv, b"[{\"a\":1}]", Some("not-csv")),
            (csv, b"[\n  {", Some("not-csv")),
            (csv, b"[]", Some("not-csv")),
            (csv, b"PK\x03\x04\x14", Some("not-text")),
            (csv, b"BZh,name\n", None),
            (csv, b"BZh91AY&SY\x01\x02", Some("not-text")),
            (csv, b"ORC,name\n", None),
            (csv, b"ORC\n\x03\0", Some("not-text")),
            (csv, b"%PDF-1.7", Some("not-text")),
            (csv, b"PAR1,b", Some("not-text")),
            (parquet, b"PAR1", None),
            (parquet, b"", Some("not-parquet")),
            (parquet, b"a,b\n", Some("not-parquet")),
            (parquet, b"\x1f\x8b", Some("compressed-twice")),
        ];
        for (format, head, expected) in cases {
            let code = check(format, head).err().map(|failure| failure.code);
            assert_eq!(code, expected, "{format:?} {}", head.escape_ascii());
        }
        // Nothing but white space, and perhaps more behind it.
        assert_eq!(check(array, &[b' '; HEAD]), Ok(()));
    }
}
