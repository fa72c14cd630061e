//! What authors write: a format, transforms of one key each, a schema of what may be left.

use super::{DeclaredFormat, Records};
use crate::diagnostic::{Report, Spanned, nearest};
use crate::node::{Fields, Kind, Node};
use crate::program::{self, Program, Step};
use crate::schema;
use crate::transform::{Keywords, Transform};

/// The names of the formats.
const FORMATS: [&str; 5] = ["NDJSON", "CSV", "JSON_ARRAY", "PARQUET", "AUTO"];

/// The transforms of records.
const TRANSFORMS: [&str; 5] = ["redact", "pseudonymize", "tokenize", "textDigest", "textDigestKeywords"];

impl Records {
    /// The keys of record rules, which tell them from the other kinds.
    pub(crate) const KEYS: [&str; 3] = ["format", "transforms", "outputSchemaFilter"];

    /// Reads the rules; problems go to the report.
    pub(crate) fn read(fields: &mut Fields, report: &mut Report) -> Option<Records> {
        let place = fields.place;
        let declared = format(fields, report);
        let transforms = fields.list("transforms", report).unwrap_or_default();
        let filter = fields.take("outputSchemaFilter");
        if transforms.is_empty() && filter.is_none() {
            report
                .warning(
                    "record-rules-empty",
                    place,
                    "these rules change nothing, so records leave as they are",
                )
                .suggest("list `transforms`, or what may leave in `outputSchemaFilter`");
        }
        let written = transforms.len();
        let steps: Vec<Step> = transforms.into_iter().filter_map(|node| step(node, report)).collect();
        let flawless = steps.len() == written;
        let transforms = Program::of_parts(Vec::new(), None, steps, place, report);
        let filter = filter.map(|node| only(node, report));
        if !flawless || report.has_errors() {
            return None;
        }
        let both = filter.as_ref().and_then(|filter| transforms.followed_by(filter.schema.as_ref()?));
        let declared = declared?;
        Some(match both {
            Some(both) => Records { declared, transforms: both, filter: None },
            None => Records { declared, transforms, filter },
        })
    }
}

/// `Some(None)`: it is told by each file. `None`: there is no such format.
fn format(fields: &mut Fields, report: &mut Report) -> Option<Option<DeclaredFormat>> {
    let Some(written) = fields.text("format", report) else { return Some(Some(DeclaredFormat::Ndjson)) };
    Some(match written.value.as_str() {
        "NDJSON" => Some(DeclaredFormat::Ndjson),
        "CSV" => Some(DeclaredFormat::Csv),
        "JSON_ARRAY" => Some(DeclaredFormat::JsonArray),
        "PARQUET" => Some(DeclaredFormat::Parquet),
        "AUTO" => None,
        unknown => {
            let found =
                report.error("unknown-format", written.place, format!("there is no format `{unknown}`"));
            found.suggest(match nearest(&unknown.to_uppercase(), &FORMATS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("formats: {}", FORMATS.join(", ")),
            });
            return None;
        }
    })
}

/// A transform: one key that names it, and where it applies.
fn step(node: Node, report: &mut Report) -> Option<Step> {
    let place = node.place;
    let mut entries = node.into_map("a transform", report)?.into_iter();
    let (Some((name, value)), None) = (entries.next(), entries.next()) else {
        report
            .error("record-transform-keys", place, "a transform of records has one key, which names it")
            .suggest("begin each transform with `- `, as in `- redact: \"$.note\"`");
        return None;
    };
    if !TRANSFORMS.contains(&name.value.as_str()) {
        let found = report.error(
            "unknown-transform",
            name.place,
            format!("there is no transform `{}` for records", name.value),
        );
        found.suggest(match nearest(&name.value, &TRANSFORMS) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("transforms: {}", TRANSFORMS.join(", ")),
        });
        return None;
    }
    let (places, keywords) = match name.value == "textDigestKeywords" {
        true => {
            let mut fields = Fields::open(value, "textDigestKeywords", report)?;
            let keywords = Keywords::read(&mut fields, report);
            let places = fields.take("jsonPaths");
            fields.close(report);
            (places, keywords)
        }
        false => (Some(value), Keywords::default()),
    };
    let written = texts(places, &name, report)?;
    let transform = Transform::of_records(&name.value, keywords)?;
    Some(Step { transform, paths: program::paths_of(&written, report)?, condition: None })
}

/// One path, or a list of them.
fn texts(node: Option<Node>, name: &Spanned<String>, report: &mut Report) -> Option<Vec<Spanned<String>>> {
    let node = node.filter(|node| !node.is_null());
    let written = match node {
        None => Vec::new(),
        Some(Node { kind: Kind::Sequence(items), .. }) => {
            let read = items.into_iter().map(|item| item.into_text("a path", report));
            read.collect::<Option<Vec<_>>>()?
        }
        Some(node) => vec![node.into_text(&name.value, report)?],
    };
    if written.is_empty() {
        report
            .error(
                "missing-key",
                name.place,
                format!("`{}` names no place, so it would change nothing", name.value),
            )
            .suggest("name the places, such as `\"$.email\"`");
        return None;
    }
    Some(written)
}

/// The schema as a program of its own. Its definitions stand in it.
fn only(mut node: Node, report: &mut Report) -> Program {
    let place = node.place;
    let mut definitions: Vec<(Spanned<String>, Node)> = Vec::new();
    if let Kind::Mapping(entries) = &mut node.kind
        && let Some(at) = entries.iter().position(|(name, _)| name.value == "definitions")
    {
        let (_, node) = entries.remove(at);
        definitions = node.into_map("definitions", report).unwrap_or_default();
    }
    for (_, node) in &definitions {
        // Those that nothing refers to are checked too.
        schema::read(node.clone(), &definitions, report);
    }
    let schema = schema::read(node, &definitions, report);
    Program::of_parts(Vec::new(), Some(schema), Vec::new(), place, report)
}
