//! The forms in which a text can leave unnoticed.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A text and its disguises: lower and upper case, percent-encoded, JSON-escaped, hexadecimal, base64.
#[derive(Debug, Clone)]
pub struct Spellings {
    all: Vec<String>,
}

impl Spellings {
    /// All forms of `text`.
    pub fn of(text: &str) -> Spellings {
        let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        let escaped = serde_json::to_string(text).unwrap();
        let mut all = vec![
            text.to_owned(),
            text.to_lowercase(),
            text.to_uppercase(),
            percent(text, false),
            percent(text, false).to_lowercase(),
            percent(text, true),
            escaped[1..escaped.len() - 1].to_owned(),
            unicode_escapes(text),
            hex.to_uppercase(),
            hex,
        ];
        // Base64 of a longer text that holds this one depends on where it begins in a group of three bytes.
        for shift in 0..3 {
            let shifted = [&b"..."[..shift], text.as_bytes()].concat();
            for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
                let whole = engine.encode(&shifted);
                let end = shifted.len() / 3 * 4;
                let begin = if shift == 0 { 0 } else { 4 };
                if end > begin + 4 {
                    all.push(whole[begin..end].to_owned());
                }
            }
        }
        all.sort();
        all.dedup();
        Spellings { all }
    }

    /// The forms themselves.
    pub fn forms(&self) -> &[String] {
        &self.all
    }
}

/// Looks for many texts at once, each in several forms.
#[derive(Debug)]
pub struct Search {
    /// Each form, with the number of the text it belongs to.
    forms: Vec<(String, usize)>,
    /// Forms by their first two bytes.
    begins: Vec<Vec<u32>>,
}

impl Search {
    /// Takes the forms of each text. Forms of one byte are left out.
    pub fn of<F: AsRef<[String]>>(texts: impl IntoIterator<Item = F>) -> Search {
        let mut search = Search { forms: Vec::new(), begins: vec![Vec::new(); 1 << 16] };
        for (text, forms) in texts.into_iter().enumerate() {
            for form in forms.as_ref().iter().filter(|form| form.len() > 1) {
                let begin = pair(form.as_bytes());
                search.begins[begin].push(u32::try_from(search.forms.len()).unwrap());
                search.forms.push((form.clone(), text));
            }
        }
        search
    }

    /// The numbers of the texts that `output` holds in any form.
    pub fn find(&self, output: &str) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let bytes = output.as_bytes();
        for (at, two) in bytes.windows(2).enumerate() {
            for form in &self.begins[pair(two)] {
                let (form, text) = &self.forms[*form as usize];
                if bytes[at..].starts_with(form.as_bytes()) {
                    found.insert(*text);
                }
            }
        }
        found
    }
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// Percent-encoded: what must be, or every byte.
fn percent(text: &str, every_byte: bool) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' if !every_byte => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    });
    encoded.collect()
}

fn unicode_escapes(text: &str) -> String {
    text.encode_utf16()
        .map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Search, Spellings};

    fn find(text: &str, output: &str) -> bool {
        Search::of([Spellings::of("something else").forms(), Spellings::of(text).forms()])
            .find(output)
            .contains(&1)
    }

    #[test]
    fn finds_a_text_in_each_disguise() {
        let text = "Mirela Özil/1";
        for output in [
            "x Mirela Özil/1 y",
            "mirela özil/1",
            "MIRELA ÖZIL/1",
            "q=Mirela%20%C3%96zil%2F1",
            "q=mirela%20%c3%96zil%2f1",
            r"Mirela \u00d6zil/1",
            "4d6972656c6120c3967a696c2f31",
            "TWlyZWxhIMOWemlsLzE=",
            "eCBNaXJlbGEgw5Z6aWwvMQ", // "x " before it
        ] {
            assert!(find(text, output), "{output}");
        }
        assert!(!find(text, "Mirella Ozil/1 t~q83vEjRWeJCrze8"));
    }
}
