//! Which rules: those of `RULES`, those deployed as a file, or those that are shipped for the source.

use super::environment::Environment;
use super::names;
use super::reader::Reader;
use crate::prebuilt;
use crate::rules_text::{self, RulesText};

pub(super) async fn read(reader: &mut Reader<'_>, source: Option<&str>) -> Option<RulesText> {
    if let Some(configured) = configured(reader).await.transpose() {
        return configured.ok();
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

/// Those of `RULES` or of the file, if there are any.
///
/// # Errors
///
/// When there may be some that cannot be read: others are not to be taken for them. It is written down already.
pub(super) async fn configured(reader: &mut Reader<'_>) -> Result<Option<RulesText>, Unusable> {
    let expected = "rules as YAML, as base64 of it, or as base64 of it gzipped";
    if let Some(written) = reader.text("RULES").await {
        let text = rules_text::decode(&written).map_err(|error| {
            reader.wrong("RULES", format!("{expected}; {error}"));
            Unusable
        })?;
        return Ok(Some(RulesText { name: "RULES".to_owned(), text, prebuilt: false }));
    }
    if reader.could_not_read("RULES") {
        return Err(Unusable);
    }
    let resource = reader.resource(RESOURCE).map_err(|reason| {
        reader.wrong("RULES", format!("in the resource `{RESOURCE}`, which could not be read: {reason}"));
        Unusable
    })?;
    Ok(resource.map(|text| RulesText { name: RESOURCE.to_owned(), text, prebuilt: false }))
}

/// Rules that stand there and cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unusable;

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
