//! Which rules: those of `RULES`, those deployed as a file, or those that are shipped for the source.

use super::environment::Environment;
use super::names;
use super::reader::Reader;
use crate::prebuilt;
use crate::rules_text::{self, RulesText};

pub(super) async fn read(reader: &mut Reader<'_>, source: Option<&str>) -> Option<RulesText> {
    let expected = "rules as YAML, as base64 of it, or as base64 of it gzipped";
    if let Some(written) = reader.text("RULES").await {
        return match rules_text::decode(&written) {
            Ok(text) => Some(RulesText { name: "RULES".to_owned(), text, prebuilt: false }),
            Err(error) => {
                reader.wrong("RULES", format!("{expected}; {error}"));
                None
            }
        };
    }
    if reader.could_not_read("RULES") {
        return None; // rules may stand there, and others are not to be taken for them
    }
    match reader.resource(RESOURCE) {
        Ok(Some(text)) => return Some(RulesText { name: RESOURCE.to_owned(), text, prebuilt: false }),
        Ok(None) => {}
        Err(reason) => {
            reader.wrong("RULES", format!("in the resource `{RESOURCE}`, which could not be read: {reason}"));
            return None;
        }
    }
    let Some(source) = source else {
        reader.absent("SOURCE", "the kind of source, such as `zoom`; or set RULES");
        return None;
    };
    let shipped = prebuilt::rules(source);
    if shipped.is_none() {
        let known = prebuilt::SOURCES;
        let expected =
            format!("one of the sources with rules of their own ({}); or set RULES", known.join(", "));
        reader.unknown("SOURCE", expected, names::nearest(source, known));
    }
    shipped
}

/// The rules that the environment alone decides on, unless the store has others: they can be compiled while the store
/// is asked.
pub(crate) fn likely(environment: &dyn Environment) -> Option<RulesText> {
    if let Some(written) = environment.value("RULES").filter(|it| !it.trim().is_empty()) {
        let text = rules_text::decode(&written).ok()?;
        return Some(RulesText { name: "RULES".to_owned(), text, prebuilt: false });
    }
    if let Some(text) = environment.resource(RESOURCE).ok()? {
        return Some(RulesText { name: RESOURCE.to_owned(), text, prebuilt: false });
    }
    prebuilt::rules(environment.value("SOURCE")?.trim())
}

/// The digest that the rules must have; a slip in its name must not mean that any rules will do.
pub(super) fn sha256(reader: &mut Reader<'_>) -> Option<String> {
    let expected = "the SHA-256 of the rule file: 64 hexadecimal digits, as `sha256sum` prints them";
    let Some(written) = reader.env(DIGEST) else {
        if reader.raw(DIGEST).is_some() {
            reader.wrong(DIGEST, expected);
        } else {
            reader.misnamed(DIGEST, expected);
        }
        return None;
    };
    let written = written.to_ascii_lowercase();
    if written.len() == 64 && written.bytes().all(|it| it.is_ascii_hexdigit()) {
        return Some(written);
    }
    reader.wrong(DIGEST, expected);
    None
}

const DIGEST: &str = "VIZARD_RULES_SHA256";

const RESOURCE: &str = "rules.yaml";
