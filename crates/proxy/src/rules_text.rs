//! Rules as `RULES` holds them: YAML, or base64 of it, or base64 of it gzipped, because a setting may be no
//! longer than a few kilobytes; and as they run: extended, where they extend shipped ones.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use thiserror::Error;
use vizard_sanitizer::extends::{Resolved, resolve};
use vizard_sanitizer::{Diagnostics, Loaded, RuleSet};

use crate::gzip;
use crate::prebuilt;

/// The text of a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesText {
    /// Where it came from, for messages about it.
    pub name: String,
    /// The YAML.
    pub text: String,
    /// Whether it was shipped with the program.
    pub prebuilt: bool,
}

impl RulesText {
    /// The rules that run: what the text says, with the shipped rules that it extends.
    pub fn resolved(&self) -> Result<Resolved, Diagnostics> {
        resolve(&self.name, &self.text, prebuilt::RULES)
    }

    /// Compiles the rules that run.
    pub fn load(&self) -> Result<Loaded, Diagnostics> {
        let resolved = self.resolved()?;
        RuleSet::load(&resolved.name, &resolved.text)
    }
}

/// Why a value of `RULES` is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RulesTextError {
    /// Gzip inside base64, and broken.
    #[error("it is base64 of damaged gzip")]
    Gzip,
    /// Far more than any rules.
    #[error("it is larger than 4 MiB once decompressed")]
    TooLarge,
    /// Neither gzip nor text.
    #[error("it is base64 of something that is neither gzip nor UTF-8 text")]
    NotText,
}

/// Decodes a value of `RULES`.
///
/// Text that is valid base64 is never rules: base64 has no colon, and every rule file has one.
pub fn decode(written: &str) -> Result<String, RulesTextError> {
    let Ok(bytes) = BASE64.decode(written.trim()) else {
        return Ok(written.to_owned());
    };
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) { inflated(&bytes)? } else { bytes };
    String::from_utf8(bytes).map_err(|_| RulesTextError::NotText)
}

fn inflated(bytes: &[u8]) -> Result<Vec<u8>, RulesTextError> {
    gzip::Gzip::default().decompress(bytes, LIMIT).map_err(|error| match error {
        gzip::GzipError::Malformed => RulesTextError::Gzip,
        gzip::GzipError::TooLarge | gzip::GzipError::Bomb => RulesTextError::TooLarge,
    })
}

/// White space may stand around it, not inside; padding may be left out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

const LIMIT: usize = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_each_form() {
        let yaml = "endpoints:\n  - pathTemplate: \"/v2/üsers\"\n";
        let plain = BASE64.encode(yaml);
        let zipped = BASE64.encode(gzip::compress(yaml.as_bytes()));
        for written in [
            yaml,
            &plain,
            &format!(" {zipped}\n"),
            plain.trim_end_matches('='),
            &zipped,
            zipped.trim_end_matches('='),
        ] {
            assert_eq!(decode(written).as_deref(), Ok(yaml), "{written}");
        }
        let wrapped = format!("{}\n{}", &plain[..8], &plain[8..]);
        assert_eq!(decode(&wrapped).as_deref(), Ok(wrapped.as_str()), "white space is not base64");
    }

    #[test]
    fn refuses_what_is_no_text() {
        let bomb = gzip::compress(&vec![b' '; LIMIT + 1]);
        let mut damaged = gzip::compress(b"endpoints: []");
        damaged.truncate(15);
        let cases = [
            (bomb, RulesTextError::TooLarge),
            (damaged, RulesTextError::Gzip),
            (vec![0xff, 0xfe, 0x00], RulesTextError::NotText),
        ];
        for (bytes, expected) in cases {
            assert_eq!(decode(&BASE64.encode(bytes)), Err(expected));
        }
    }
}
