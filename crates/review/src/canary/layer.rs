//! The disguises that can be taken off: each decoder takes a view of some data and returns another.

use std::fmt;

/// One disguise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// `%41`, in either case, for some or all bytes.
    Percent,
    /// `\u0041`, `\/`, `\"`, `\x41`.
    Escapes,
    /// `&#65;`, `&#x41;`, `&amp;`.
    Entities,
    /// `41`, in either case.
    Hex,
    /// Either alphabet, beginning anywhere, over line ends.
    Base64,
    /// Two bytes a letter, in either order.
    Utf16,
    /// RFC 1952.
    Gzip,
    /// RFC 1950.
    Zlib,
    /// RFC 1951.
    Deflate,
    /// RFC 8878.
    Zstd,
}

/// Some data as it is below a disguise.
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    /// Whether there may be a textual disguise below; bytes that are no text look like any of them by chance.
    pub(super) is_text: bool,
}

impl View {
    fn of(bytes: Vec<u8>) -> View {
        View { is_text: is_text(&bytes), bytes }
    }
}

/// Of text most letters are ASCII; of chance bytes a third is.
fn is_text(bytes: &[u8]) -> bool {
    let printable = bytes.iter().filter(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')).count();
    printable * 5 > bytes.len() * 3
}

impl Layer {
    /// Those that decode a view as a whole; compression has a story of its own.
    pub(super) const TEXTUAL: [Layer; 6] =
        [Layer::Percent, Layer::Escapes, Layer::Entities, Layer::Hex, Layer::Base64, Layer::Utf16];

    /// The views below this disguise; none where it is not worn.
    pub(super) fn take_off(self, bytes: &[u8]) -> Vec<View> {
        match self {
            Layer::Percent => changed(bytes, b'%', percent),
            Layer::Escapes => changed(bytes, b'\\', escapes),
            Layer::Entities => changed(bytes, b'&', entities),
            Layer::Hex => runs(bytes, hex_digit, 2, 4),
            Layer::Base64 => runs(bytes, base64_digit, 4, 6),
            Layer::Utf16 => utf16(bytes),
            Layer::Gzip | Layer::Zlib | Layer::Deflate | Layer::Zstd => Vec::new(),
        }
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Layer::Percent => "percent-encoded",
            Layer::Escapes => "escaped",
            Layer::Entities => "as HTML entities",
            Layer::Hex => "hexadecimal",
            Layer::Base64 => "base64",
            Layer::Utf16 => "UTF-16",
            Layer::Gzip => "gzip",
            Layer::Zlib => "zlib",
            Layer::Deflate => "deflate",
            Layer::Zstd => "zstd",
        })
    }
}

/// Decodes what stands at each `mark`; the decoder says how long it was and adds what it means.
fn changed(bytes: &[u8], mark: u8, decode: fn(&[u8], &mut Vec<u8>) -> Option<usize>) -> Vec<View> {
    let (mut view, mut piece) = (Vec::new(), Vec::new());
    let mut copied = 0;
    for at in memchr::memchr_iter(mark, bytes) {
        if at < copied {
            continue;
        }
        if let Some(length) = decode(&bytes[at..], &mut piece) {
            view.extend_from_slice(&bytes[copied..at]);
            view.append(&mut piece);
            copied = at + length;
        }
    }
    if copied == 0 {
        return Vec::new();
    }
    view.extend_from_slice(&bytes[copied..]);
    vec![View::of(view)]
}

fn percent(rest: &[u8], view: &mut Vec<u8>) -> Option<usize> {
    let &[_, high, low, ..] = rest else { return None };
    view.push(hex_digit(high)? << 4 | hex_digit(low)?);
    Some(3)
}

fn escapes(rest: &[u8], view: &mut Vec<u8>) -> Option<usize> {
    let byte = match rest.get(1)? {
        b'u' => {
            let first = unit(rest)?;
            let pair = rest.get(6..).filter(|more| more.starts_with(b"\\u")).and_then(unit);
            let (letter, length) = match pair.map(|second| char::decode_utf16([first, second]).next()) {
                Some(Some(Ok(letter))) if letter.len_utf16() == 2 => (letter, 12),
                _ => (char::from_u32(u32::from(first))?, 6),
            };
            view.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(length);
        }
        b'x' => {
            view.push(hex_digit(*rest.get(2)?)? << 4 | hex_digit(*rest.get(3)?)?);
            return Some(4);
        }
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        other @ (b'"' | b'\\' | b'/' | b'\'') => *other,
        _ => return None,
    };
    view.push(byte);
    Some(2)
}

/// The four digits of `\u0041`.
fn unit(rest: &[u8]) -> Option<u16> {
    let digits = rest.get(2..6)?;
    digits.iter().try_fold(0, |unit, digit| Some(unit << 4 | u16::from(hex_digit(*digit)?)))
}

fn entities(rest: &[u8], view: &mut Vec<u8>) -> Option<usize> {
    let end = rest.iter().take(LONGEST_ENTITY).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(&rest[1..end]).ok()?;
    let letter = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "commat" => '@',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    };
    view.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
    Some(end + 1)
}

const LONGEST_ENTITY: usize = 12;

/// The runs of digits, each decoded from its first `starts` places on: nobody knows where in a run an encoded text
/// begins. What became text and what did not are views of their own.
fn runs(bytes: &[u8], digit: fn(u8) -> Option<u8>, starts: usize, bits: u32) -> Vec<View> {
    let (mut text, mut wide, mut other) = (Vec::new(), Vec::new(), Vec::new());
    let (mut run, mut decoded) = (Vec::new(), Vec::new());
    let mut close = |run: &mut Vec<u8>| {
        if run.len() >= SHORTEST_RUN {
            for start in 0..starts {
                decode(&run[start..], bits, &mut decoded);
                let zeros = memchr::memchr_iter(0, &decoded).count();
                if zeros * 4 > decoded.len() {
                    utf16(&decoded).into_iter().for_each(|view| wide.extend(view.bytes));
                }
                let place = if is_text(&decoded) { &mut text } else { &mut other };
                place.append(&mut decoded);
                place.push(b'\n');
            }
        }
        run.clear();
    };
    for byte in bytes {
        match digit(*byte) {
            Some(value) => run.push(value),
            // Encoders break lines.
            None if matches!(byte, b'\r' | b'\n') => {}
            None => close(&mut run),
        }
    }
    close(&mut run);
    let views = [(text, true), (wide, true), (other, false)].map(|(bytes, is_text)| View { bytes, is_text });
    views.into_iter().filter(|view| !view.bytes.is_empty()).collect()
}

fn decode(digits: &[u8], bits: u32, view: &mut Vec<u8>) {
    let (mut held, mut count) = (0_u32, 0);
    for digit in digits {
        held = held << bits | u32::from(*digit);
        count += bits;
        if count >= 8 {
            count -= 8;
            view.push((held >> count & 0xff) as u8);
            held &= (1 << count) - 1;
        }
    }
}

/// Digits of an encoded text that is too short to be told from a word.
const SHORTEST_RUN: usize = 10;

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn base64_digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

/// Text in UTF-16 is full of zeros where letters are Latin, and so are all canaries to some part.
fn utf16(bytes: &[u8]) -> Vec<View> {
    if memchr::memchr_iter(0, bytes).take(SHORTEST_UTF16).count() < SHORTEST_UTF16 {
        return Vec::new();
    }
    let read = |start: usize, order: fn([u8; 2]) -> u16| {
        let units = bytes[start..].as_chunks().0.iter().map(|pair| order(*pair));
        let letters = char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER));
        View::of(letters.collect::<String>().into_bytes())
    };
    vec![
        read(0, u16::from_le_bytes),
        read(1, u16::from_le_bytes),
        read(0, u16::from_be_bytes),
        read(1, u16::from_be_bytes),
    ]
}

const SHORTEST_UTF16: usize = 6;
