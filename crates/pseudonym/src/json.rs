//! A pseudonym as a JSON object, for consumers that want its parts.

use crate::{Kind, MissingKey, Pseudonymizer};

impl Pseudonymizer {
    /// The text of a JSON object: `domain`, `hash`, `original`, `reversible`, in this order, absent ones
    /// omitted. `reversible` holds the whole `p~…` token with its domain.
    ///
    /// ```
    /// # use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
    /// let pseudonymizer = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
    /// let json = pseudonymizer.json("1", false, true)?;
    /// assert_eq!(json, r#"{"hash":"0zPKqEd-CtbCLB1ZSwX6Zo7uAWUvkpfHGzv9-cuYwZc","original":"1"}"#);
    /// # Ok::<(), vizard_pseudonym::MissingKey>(())
    /// ```
    pub fn json(
        &self,
        identifier: &str,
        include_reversible: bool,
        include_original: bool,
    ) -> Result<String, MissingKey> {
        let mut out = String::new();
        self.json_into(identifier, include_reversible, include_original, &mut out)?;
        Ok(out)
    }

    /// Appends the text of a JSON object, as [`json`](Self::json) gives it. Appends nothing if a key is missing.
    pub fn json_into(
        &self,
        identifier: &str,
        include_reversible: bool,
        include_original: bool,
        out: &mut String,
    ) -> Result<(), MissingKey> {
        let read = self.read(identifier);
        let domain = self.shown(&read)?;
        if include_reversible {
            self.ring.main.cipher()?;
        }
        out.push('{');
        if domain.push("\"domain\":\"", out) {
            out.push_str("\",");
        }
        out.push_str("\"hash\":\"");
        read.hash.push_letters(out);
        out.push('"');
        if include_original {
            out.push_str(",\"original\":");
            push_string(identifier, out);
        }
        if include_reversible {
            out.push_str(",\"reversible\":\"");
            self.ring.main.push_token(&read.hash, identifier, Kind::Reversible, out)?;
            domain.push("@", out);
            out.push('"');
        }
        out.push('}');
        Ok(())
    }

    /// Appends the JSON object of a hash, as [`json`](Self::json) gives it, as a cell of CSV: in quotes, its own doubled
    /// (RFC 4180, 2.7). Appends nothing if a key is missing.
    #[inline]
    pub fn json_cell_into(&self, identifier: &str, out: &mut String) -> Result<(), MissingKey> {
        let read = self.read(identifier);
        let domain = self.shown(&read)?;
        out.push_str("\"{");
        if domain.push("\"\"domain\"\":\"\"", out) {
            out.push_str("\"\",");
        }
        out.push_str("\"\"hash\"\":\"\"");
        read.hash.push_letters(out);
        out.push_str("\"\"}\"");
        Ok(())
    }
}

/// Appends a JSON string. Only what must be escaped is.
fn push_string(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..'\u{20}' => {
                let code = letter as usize;
                out.push_str(if code < 16 { "\\u000" } else { "\\u001" });
                out.push(char::from(b"0123456789ABCDEF"[code % 16]));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_where_they_must_be() {
        let cases = [
            ("Nora", r#""Nora""#),
            ("\"N\\ora\"", r#""\"N\\ora\"""#),
            ("\u{8}\t\n\u{c}\r\0\u{b}\u{1f}\u{7f}", "\"\\b\\t\\n\\f\\r\\u0000\\u000B\\u001F\u{7f}\""),
            ("日本 é / 🙂", "\"日本 é / 🙂\""),
        ];
        for (text, expected) in cases {
            let mut out = String::new();
            push_string(text, &mut out);
            assert_eq!(out, expected);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
        }
    }
}
