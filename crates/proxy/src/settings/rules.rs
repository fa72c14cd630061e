//! Which rules: those of `RULES`, those deployed as a file, or those that are shipped for the source.

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

const RESOURCE: &str = "rules.yaml";
