//! What somebody should decide about, as findings.

use super::{Coverage, EndpointCoverage, FieldCoverage, Standing};
use crate::finding::{Finding, Level};

/// The findings of a comparison, in the order of the rule file, then those about the description.
pub fn findings(coverage: &Coverage) -> Vec<Finding> {
    let mut all = Vec::new();
    for endpoint in &coverage.endpoints {
        let start = all.len();
        if endpoint.calls.is_empty() {
            all.push(Finding {
                help: Some(
                    "compare the path with the description, or give its base with `--base-path`".to_owned(),
                ),
                ..of_endpoint(
                    coverage,
                    endpoint,
                    Level::Warning,
                    "endpoint-not-described",
                    "the description has no such call".to_owned(),
                )
            });
        }
        for field in &endpoint.fields {
            all.extend(of_field(coverage, endpoint, field));
            all.extend(endpoint.lacks(field).then(|| not_described(coverage, endpoint, field)));
        }
        all[start..].sort_by_key(|it| it.place);
    }
    all
}

fn of_endpoint(
    coverage: &Coverage,
    endpoint: &EndpointCoverage,
    level: Level,
    code: &'static str,
    message: String,
) -> Finding {
    Finding {
        level,
        code,
        file: coverage.file.clone(),
        place: Some(endpoint.place),
        endpoint: Some(endpoint.path.clone()),
        field: None,
        message,
        help: None,
        suppressed: None,
    }
}

fn of_field(coverage: &Coverage, endpoint: &EndpointCoverage, field: &FieldCoverage) -> Option<Finding> {
    let (level, code, message, help) = match field.standing {
        Standing::KeptPersonal => {
            let looks = field.looks?;
            let is_clear = field.leaves_clear();
            let (level, verb) = match looks.is_strong() && is_clear {
                true => (Level::Warning, "looks like"),
                false => (Level::Note, "may be"),
            };
            let leaves = if is_clear { "leaves in clear" } else { "leaves in parts" };
            let message = format!("this {verb} {} (`{}`) and {leaves}", looks.what.words(), looks.because);
            (
                level,
                "personal-field-kept",
                message,
                "pseudonymize it, do not list it, or say in a comment why it may leave, as `vizard check` reads it",
            )
        }
        Standing::TypeDiffers => {
            let message = format!(
                "the rules list {} and the description says {}: the value becomes null",
                field.listed.unwrap_or("it"),
                field.described.join(" or "),
            );
            (
                Level::Warning,
                "field-type-differs",
                message,
                "look at an answer, and list the type that it has",
            )
        }
        Standing::NotDescribed
        | Standing::DroppedPersonal
        | Standing::Both
        | Standing::Open
        | Standing::Dropped => return None,
    };
    Some(Finding {
        place: field.place.or(Some(endpoint.place)),
        field: Some(field.field.clone()),
        help: Some(help.to_owned()),
        suppressed: field.argued.clone(),
        ..of_endpoint(coverage, endpoint, level, code, message)
    })
}

fn not_described(coverage: &Coverage, endpoint: &EndpointCoverage, field: &FieldCoverage) -> Finding {
    let level = if field.nearest.is_some() { Level::Warning } else { Level::Note };
    let message = "the description does not know this field".to_owned();
    Finding {
        place: field.place.or(Some(endpoint.place)),
        field: Some(field.field.clone()),
        help: field.nearest.as_ref().map(|nearest| format!("did you mean `{nearest}`?")),
        ..of_endpoint(coverage, endpoint, level, "field-not-described", message)
    }
}
