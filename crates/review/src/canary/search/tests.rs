//! Every form is found, nothing is found where nothing is, and bombs end.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use unicode_normalization::UnicodeNormalization;
use vizard_sanitizer::outline::FieldPath;

use super::super::plant::{Canaries, Planted, Shape};
use super::*;

fn planted(shape: Shape) -> (String, Search) {
    let mut canaries = Canaries::seeded(7);
    canaries.text(Shape::Name, 0, Planted::Field(FieldPath::ROOT));
    let text = canaries.text(shape, 0, Planted::Field(FieldPath::ROOT));
    (text, Search::of(canaries.all()))
}

fn base64(text: &[u8], letters: &[u8; 64]) -> String {
    let mut written = String::new();
    for group in text.chunks(3) {
        let bits =
            group.iter().enumerate().fold(0_u32, |bits, (i, byte)| bits | u32::from(*byte) << (16 - 8 * i));
        for turn in 0..=group.len() {
            written.push(char::from(letters[(bits >> (18 - 6 * turn) & 63) as usize]));
        }
        written.extend(std::iter::repeat_n('=', 3 - group.len()));
    }
    written
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn each(text: &str, write: impl Fn(u8) -> String) -> String {
    text.bytes().map(write).collect()
}

fn escaped(text: &str, upper: bool) -> String {
    let mut written = String::new();
    for unit in text.encode_utf16() {
        let done = if upper { write!(written, "\\u{unit:04X}") } else { write!(written, "\\u{unit:04x}") };
        done.unwrap();
    }
    written
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Behind so much else that letters are written in bits rather than as they are.
fn zstd(bytes: &[u8]) -> Vec<u8> {
    let padded = [noise(20_000, b"aaaaaaaabbbbccde").as_slice(), bytes].concat();
    compress_to_vec(padded.as_slice(), CompressionLevel::Fastest)
}

fn within(bytes: &[u8]) -> Vec<u8> {
    [b"{\"a\":\"", bytes, b"\"}"].concat()
}

/// A text in a disguise.
struct Disguise {
    name: &'static str,
    put_on: PutOn,
    form: Form,
}

/// How it is put on.
enum PutOn {
    /// Within a JSON text.
    Text(fn(&str) -> String),
    /// As it is.
    Bytes(fn(&[u8]) -> Vec<u8>),
}

impl Disguise {
    fn of(&self, text: &str) -> Vec<u8> {
        match self.put_on {
            PutOn::Text(put_on) => within(put_on(text).as_bytes()),
            PutOn::Bytes(put_on) => put_on(text.as_bytes()),
        }
    }
}

fn wide(text: &[u8], order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    std::str::from_utf8(text).unwrap().encode_utf16().flat_map(order).collect()
}

fn disguises() -> Vec<Disguise> {
    use Layer::{Base64, Deflate, Entities, Escapes, Gzip, Hex, Percent, Utf16, Zlib, Zstd};
    use Spelling::{Exact, Folded, Reversed};
    let table = std::cell::RefCell::new(Vec::new());
    let add = |name, layers: &[Layer], spelling, put_on| {
        table.borrow_mut().push(Disguise { name, put_on, form: Form { layers: layers.to_vec(), spelling } });
    };
    let text = |name, layers: &[Layer], spelling, put_on| add(name, layers, spelling, PutOn::Text(put_on));
    let bytes = |name, layers: &[Layer], put_on| add(name, layers, Exact, PutOn::Bytes(put_on));
    text("raw", &[], Exact, str::to_owned);
    text("percent, upper case", &[Percent], Exact, |it| each(it, |byte| format!("%{byte:02X}")));
    text("percent, lower case", &[Percent], Exact, |it| each(it, |byte| format!("%{byte:02x}")));
    text("percent, partly", &[Percent], Exact, |it| {
        each(it, |byte| match byte % 3 {
            0 => format!("%{byte:02x}"),
            1 => format!("%{byte:02X}"),
            _ if byte.is_ascii() => char::from(byte).to_string(),
            _ => format!("%{byte:02x}"),
        })
    });
    text("percent, twice", &[Percent, Percent], Exact, |it| each(it, |byte| format!("%25{byte:02X}")));
    text("standard base64", &[Base64], Exact, |it| base64(it.as_bytes(), STANDARD));
    text("url-safe base64", &[Base64], Exact, |it| base64(it.as_bytes(), URL_SAFE));
    text("base64, one byte before", &[Base64], Exact, |it| base64(format!("?{it}>").as_bytes(), STANDARD));
    text("base64, two bytes before", &[Base64], Exact, |it| base64(format!("?>{it}?").as_bytes(), URL_SAFE));
    text("base64 behind other letters", &[Base64], Exact, |it| {
        format!("id-{}", base64(it.as_bytes(), STANDARD))
    });
    text("base64 in lines", &[Base64], Exact, |it| {
        let whole = base64(it.as_bytes(), STANDARD);
        format!("{}\r\n{}", &whole[..9], &whole[9..])
    });
    text("hex, lower case", &[Hex], Exact, |it| each(it, |byte| format!("{byte:02x}")));
    text("hex, upper case", &[Hex], Exact, |it| each(it, |byte| format!("{byte:02X}")));
    text("hex behind a digit", &[Hex], Exact, |it| format!("7{}", each(it, |byte| format!("{byte:02x}"))));
    text("JSON escapes, lower case", &[Escapes], Exact, |it| escaped(it, false));
    text("JSON escapes, upper case", &[Escapes], Exact, |it| escaped(it, true));
    text("backslash x", &[Escapes], Exact, |it| each(it, |byte| format!("\\x{byte:02x}")));
    text("entities", &[Entities], Exact, |it| it.chars().map(|c| format!("&#{};", u32::from(c))).collect());
    text("hexadecimal entities", &[Entities], Exact, |it| {
        it.chars().map(|c| format!("&#x{:X};", u32::from(c))).collect()
    });
    text("lower case", &[], Folded, str::to_lowercase);
    text("upper case", &[], Folded, str::to_uppercase);
    text("accents removed", &[], Folded, |it| it.nfd().filter(char::is_ascii).collect());
    text("full width", &[], Folded, |it| {
        let wide = |c| match c {
            '!'..='~' => char::from_u32(u32::from(c) + 0xfee0).unwrap(),
            c => c,
        };
        it.chars().map(wide).collect()
    });
    text("reversed", &[], Reversed, |it| it.chars().rev().collect());
    text("base64, escaped by percent", &[Percent, Base64], Exact, |it| {
        base64(format!("\u{fe}{it}\u{ff}").as_bytes(), STANDARD)
            .replace('/', "%2F")
            .replace('+', "%2B")
            .replace('=', "%3D")
            + "%20"
    });
    bytes("gzip", &[Gzip], gzip);
    bytes("zlib", &[Zlib], zlib);
    bytes("deflate", &[Deflate], deflate);
    bytes("zstd", &[Zstd], zstd);
    bytes("gzip in something", &[Gzip], |it| [b"binary \x00 ", gzip(it).as_slice(), b" more"].concat());
    bytes("zlib in something", &[Zlib], |it| [b"binary \x00 ", zlib(it).as_slice(), b" more"].concat());
    bytes("zstd in something", &[Zstd], |it| [b"binary \x00 ", zstd(it).as_slice(), b" more"].concat());
    bytes("gzip in base64", &[Base64, Gzip], |it| within(base64(&gzip(it), STANDARD).as_bytes()));
    bytes("gzip in gzip", &[Gzip, Gzip], |it| gzip(&gzip(it)));
    bytes("base64 in gzip in hex", &[Hex, Gzip, Base64], |it| {
        let inner = gzip(base64(it, URL_SAFE).as_bytes());
        within(inner.iter().map(|byte| format!("{byte:02x}")).collect::<String>().as_bytes())
    });
    bytes("UTF-16, little end first", &[Utf16], |it| wide(it, u16::to_le_bytes));
    bytes("UTF-16, big end first, odd", &[Utf16], |it| {
        [b"x", wide(it, u16::to_be_bytes).as_slice()].concat()
    });
    bytes("UTF-16 in base64", &[Base64], |it| {
        within(base64(&wide(it, u16::to_le_bytes), STANDARD).as_bytes())
    });
    table.into_inner()
}

#[test]
fn finds_every_shape_in_every_disguise() {
    for shape in Shape::TEXTS.into_iter().chain([Shape::Number, Shape::Key]) {
        let (text, search) = planted(shape);
        for disguise in disguises() {
            let Disguise { name, form, .. } = &disguise;
            let found = search.find(&disguise.of(&text));
            let Some(hit) = found.hits.get(&(1, Piece::Own)) else {
                panic!("{shape:?} is not found as {name}");
            };
            assert!(!found.hits.contains_key(&(0, Piece::Own)), "{shape:?} as {name}");
            assert!(!found.cut_short, "{shape:?} as {name}");
            // A shape may have one more form that is simpler: of digits there is no other case.
            assert!(hit.simplicity() <= form.simplicity(), "{shape:?} as {name}: {hit:?}");
            if matches!(shape, Shape::Name) {
                assert_eq!(hit, form, "{name}");
            }
        }
    }
}

#[test]
fn finds_the_other_normal_form_and_the_canonical_forms_of_an_address() {
    let (name, search) = planted(Shape::Name);
    for form in
        [name.nfc().collect::<String>(), name.nfd().collect(), name.nfkc().collect(), name.nfkd().collect()]
    {
        let own = (1, Piece::Own);
        assert!(search.find(form.as_bytes()).hits.contains_key(&own));
    }
    let (address, search) = planted(Shape::Email);
    let (local, domain) = address.split_once('@').unwrap();
    let (person, tag) = local.split_once('+').unwrap();
    let (own, of_domain) = ((1, Piece::Own), (1, Piece::Domain));
    for (text, expected) in [
        (address.clone(), vec![own, of_domain]),
        (person.to_lowercase(), vec![own]),
        (person.replace('.', "").to_lowercase(), vec![own]),
        (tag.to_owned(), vec![own]),
        (format!("t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@{}", domain.to_lowercase()), vec![of_domain]),
    ] {
        assert_eq!(search.find(text.as_bytes()).hits.into_keys().collect::<Vec<_>>(), expected, "{text}");
    }
}

#[test]
fn finds_numbers_in_other_notations() {
    let (digits, search) = planted(Shape::Number);
    let number: u64 = digits.parse().unwrap();
    for text in
        [format!("{number}.0"), format!("{:e}", number as f64), format!("{number:x}"), format!("{number:X}")]
    {
        assert!(search.find(text.as_bytes()).hits.contains_key(&(1, Piece::Own)), "{text}");
    }
}

/// Bytes that mean nothing, always the same.
fn noise(length: usize, letters: &[u8]) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        letters[usize::try_from(state >> 33).unwrap() % letters.len()]
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn finds_nothing_in_a_mebibyte_of_anything_else() {
    let mut canaries = Canaries::seeded(1);
    for shape in Shape::TEXTS.into_iter().cycle().take(5000) {
        canaries.text(shape, 0, Planted::Field(FieldPath::ROOT));
    }
    let search = Search::of(canaries.all());
    let every_byte: Vec<u8> = (0..=255).collect();
    let json =
        br#" "{}[]:,\u0041%41&;=-_+/.@~abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"#;
    for (size, letters) in [
        (1 << 20, STANDARD.as_slice()),
        (1 << 18, &every_byte),
        (1 << 18, json),
        (1 << 18, b"0123456789abcdef"),
        (1 << 18, b"0123456789"),
        (1 << 18, b"A"),
        (1 << 18, b"%25"),
    ] {
        let found = search.find(&noise(size, letters));
        assert_eq!(found, Found::default(), "{:?}", String::from_utf8_lossy(letters));
    }
}

#[test]
fn bombs_end_and_are_told() {
    let (_, search) = planted(Shape::Id);
    let flat = vec![0; 32 << 20];
    let (once, twice) = (gzip(&flat), gzip(&gzip(&flat)));
    for bomb in [&once, &twice, &zlib(&flat), &zstd(&flat)] {
        let found = search.find(bomb);
        assert!(found.cut_short && found.hits.is_empty());
    }
    // More disguises than are taken off.
    let deep = (0..6).fold(b"nothing of interest".to_vec(), |inner, _| gzip(&inner));
    assert!(search.find(&deep).cut_short);
    // Nothing but beginnings.
    assert!(search.find(&[0x78, 0x9c].repeat(100_000)).cut_short);
}
