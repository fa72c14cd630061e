//! `ADDITIONAL_TRANSFORMS`: what else is made of each file, by rules of its own, for a bucket of its own.

use serde_json::{Map, Value};

use super::{A_BUCKET, is_bucket};
use crate::settings::reader::Reader;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransformSettings {
    /// For messages about it: `ADDITIONAL_TRANSFORMS[0].rules`.
    pub name: String,
    /// `destinationBucketName`.
    pub bucket: String,
    /// `pathWithinBucket`, which the keys of outputs begin with.
    pub base: String,
    /// `rules`, as JSON, which is YAML.
    pub rules: String,
    /// `compressOutput`, or what is configured for all.
    pub compress: Option<bool>,
}

/// Those that can be read; of the others it is written down what is wrong.
pub(super) fn read(reader: &mut Reader<'_>, written: &str) -> Vec<TransformSettings> {
    match parse(written) {
        Ok(transforms) => transforms,
        Err(problems) => {
            reader.wrong(NAME, problems.join("; "));
            Vec::new()
        }
    }
}

/// Problems hold no values: `rules` may hold what a company would rather not have in a log.
fn parse(written: &str) -> Result<Vec<TransformSettings>, Vec<String>> {
    let expected = || vec!["a YAML list of mappings with destinationBucketName and rules".to_owned()];
    let listed: Value = serde_saphyr::from_str(written).map_err(|_| expected())?;
    let listed = match listed {
        Value::Array(listed) if listed.len() <= MOST => listed,
        Value::Array(_) => return Err(vec![format!("no more than {MOST} of them")]),
        Value::Null => Vec::new(),
        _ => return Err(expected()),
    };
    let (mut transforms, mut problems) = (Vec::new(), Vec::new());
    for (place, one) in listed.into_iter().enumerate() {
        match one {
            Value::Object(one) => transforms.extend(transform(place, one, &mut problems)),
            _ => problems.push(format!("a mapping as number {}", place + 1)),
        }
    }
    if problems.is_empty() { Ok(transforms) } else { Err(problems) }
}

fn transform(
    place: usize,
    mut one: Map<String, Value>,
    problems: &mut Vec<String>,
) -> Option<TransformSettings> {
    let before = problems.len();
    let mut wrong = |what: String| problems.push(format!("in number {} {what}", place + 1));
    let bucket = match one.remove("destinationBucketName") {
        Some(Value::String(name)) if is_bucket(&name) => name,
        _ => {
            wrong(format!("destinationBucketName: {A_BUCKET}"));
            String::new()
        }
    };
    let base = match one.remove("pathWithinBucket") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(base)) => base,
        Some(_) => {
            wrong("pathWithinBucket: a text".to_owned());
            String::new()
        }
    };
    let compress = match one.remove("compressOutput") {
        None | Some(Value::Null) => None,
        Some(Value::Bool(compress)) => Some(compress),
        Some(_) => {
            wrong("compressOutput: true or false".to_owned());
            None
        }
    };
    let rules = match one.remove("rules") {
        Some(rules @ Value::Object(_)) => rules.to_string(),
        _ => {
            wrong("rules: a mapping, of columns or of records".to_owned());
            String::new()
        }
    };
    if !one.is_empty() {
        wrong("nothing but destinationBucketName, pathWithinBucket, rules and compressOutput".to_owned());
    }
    let name = format!("{NAME}[{place}].rules");
    (problems.len() == before).then_some(TransformSettings { name, bucket, base, rules, compress })
}

const NAME: &str = "ADDITIONAL_TRANSFORMS";

/// Each reads every file once more.
const MOST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_with_the_rules_as_they_are() {
        let written = "- destinationBucketName: orchard-lookup\n  pathWithinBucket: lookup/\n  compressOutput: false\n  \
                       rules:\n    columnsToInclude: [ID]\n    columnsToDuplicate: {ID: ID_ORIGINAL}\n\
                       - {destinationBucketName: orchard-more, rules: {format: NDJSON}}\n";
        let transforms = parse(written).unwrap();
        let expected = TransformSettings {
            name: "ADDITIONAL_TRANSFORMS[0].rules".to_owned(),
            bucket: "orchard-lookup".to_owned(),
            base: "lookup/".to_owned(),
            rules: r#"{"columnsToInclude":["ID"],"columnsToDuplicate":{"ID":"ID_ORIGINAL"}}"#.to_owned(),
            compress: Some(false),
        };
        assert_eq!(transforms[0], expected);
        assert_eq!((transforms[1].base.as_str(), transforms[1].compress), ("", None));
        assert_eq!(parse("[]").unwrap(), []);
        assert_eq!(parse("null").unwrap(), []);
    }

    #[test]
    fn all_that_is_wrong_is_told_and_no_value() {
        let many = "- {destinationBucketName: orchard-lookup, rules: {format: CSV}}\n".repeat(21);
        for (written, expected) in [
            ("nora@lumen-orchard.example", "a YAML list of mappings with destinationBucketName and rules"),
            ("[", "a YAML list of mappings with destinationBucketName and rules"),
            ("- nora", "a mapping as number 1"),
            (
                "- {destinationBucketName: 's3://nora/x', pathWithinBucket: 1, rules: nora, compressOutput: nora, x: nora}",
                "in number 1 destinationBucketName: the name of a bucket alone, such as `orchard-files`; in number 1 \
                 pathWithinBucket: a text; in number 1 compressOutput: true or false; in number 1 rules: a mapping, of \
                 columns or of records; in number 1 nothing but destinationBucketName, pathWithinBucket, rules and \
                 compressOutput",
            ),
            (&many, "no more than 20 of them"),
        ] {
            let problems = parse(written).unwrap_err().join("; ");
            assert_eq!(problems, expected, "{written}");
            assert!(!problems.contains("nora"));
        }
    }
}
