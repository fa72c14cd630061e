//! One endpoint's response side, compiled: what happens to a document, in order, without a word about how
//! documents are held. Two executors run it: [`crate::pass`] over the bytes, [`crate::tree`] over a tree.

use crate::augment::Augment;
use crate::automaton::{self, Automaton, TooLarge};
use crate::diagnostic::{Place, Report, Spanned};
use crate::doc;
use crate::jsonpath::{self, Path, is_slip};
use crate::node::{Fields, Node};
use crate::schema::{self, Schema};
use crate::transform::{self, Needs, Transform};

/// Augments first, then the schema, then the transforms in the order of the file.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) augments: Vec<Augment>,
    pub(crate) schema: Option<Schema>,
    pub(crate) steps: Vec<Step>,
    /// The schema comes after the transforms, as it does in record rules.
    pub(crate) schema_last: bool,
    /// For the pass over the bytes; `None` where every document needs the tree.
    pub(crate) automaton: Option<Automaton>,
}

/// One transform and where it applies. Each path sees the document as the one before it left it.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) transform: Transform,
    pub(crate) paths: Vec<Path>,
    /// The transform applies only when this path reaches something, or when that cannot be told.
    pub(crate) condition: Option<Path>,
}

impl Program {
    /// Compiles the response side of an endpoint; problems go to the report.
    pub(crate) fn compile(
        schema: Option<Node>,
        augments: Vec<Node>,
        transforms: Vec<Node>,
        definitions: &[(Spanned<String>, Node)],
        place: Place,
        report: &mut Report,
    ) -> Program {
        let augments = augments.into_iter().filter_map(|node| Augment::read(node, report)).collect();
        let schema = schema.map(|node| schema::read(node, definitions, report));
        let steps = transforms.into_iter().filter_map(|node| Step::read(node, report)).collect();
        Program::of_parts(augments, schema, steps, place, report)
    }

    /// Compiles what was read.
    pub(crate) fn of_parts(
        augments: Vec<Augment>,
        schema: Option<Schema>,
        steps: Vec<Step>,
        place: Place,
        report: &mut Report,
    ) -> Program {
        let mut program = Program { augments, schema, steps, schema_last: false, automaton: None };
        match automaton::build(&program) {
            Ok(automaton) => program.automaton = automaton,
            Err(TooLarge) => {
                report
                    .warning("too-many-states", place, "these paths meet in too many ways to be followed in one pass")
                    .suggest("name places from `$` on instead of with `..`; until then its responses take several times as long");
            }
        }
        program
    }

    /// The same with the schema of another program after it, if one pass can do both.
    pub(crate) fn followed_by(&self, schema: &Schema) -> Option<Program> {
        let mut program = Program {
            augments: Vec::new(),
            schema: Some(schema.clone()),
            steps: self.steps.clone(),
            schema_last: true,
            automaton: None,
        };
        program.automaton = Some(automaton::build(&program).ok()??);
        Some(program)
    }

    /// What must be configured for the program to run.
    pub(crate) fn needs(&self) -> Needs {
        self.steps.iter().fold(Needs::default(), |all, step| all.and(step.transform.needs()))
    }
}

impl Step {
    fn read(mut node: Node, report: &mut Report) -> Option<Step> {
        let tag = node.tag.take();
        let mut fields = Fields::open(node, "a transform", report)?;
        let name = transform::name(tag, &mut fields, "a transform", report)?;
        let paths = paths(&mut fields, report);
        fields.ignored("fields", "columns belong to bulk rules; use `jsonPaths`", report);
        let condition = condition(&mut fields, report);
        let transform = Transform::read(&name, &mut fields, report);
        if transform.is_some() {
            // An unknown transform has no known keys, so only its name is reported.
            fields.close(report);
        }
        Some(Step { transform: transform?, paths: paths?, condition: condition? })
    }
}

/// The key `jsonPaths`, which must hold at least one path.
pub(crate) fn paths(fields: &mut Fields, report: &mut Report) -> Option<Vec<Path>> {
    let place = fields.place;
    let written = fields.texts("jsonPaths", report).unwrap_or_default();
    if written.is_empty() {
        report
            .error("missing-key", place, "without `jsonPaths` this would change nothing")
            .suggest("list the places, such as `jsonPaths: [\"$..email\"]`");
        return None;
    }
    paths_of(&written, report)
}

/// Paths, if all of them can reach something.
pub(crate) fn paths_of(written: &[Spanned<String>], report: &mut Report) -> Option<Vec<Path>> {
    let mut paths = Vec::new();
    let mut flawless = true;
    for text in written {
        match parsed(text, report).and_then(|path| readings(path, text, report)) {
            Some(readings) => paths.extend(readings),
            None => flawless = false,
        }
    }
    flawless.then_some(paths)
}

/// The path, and what it was probably meant to be where quotes were closed too late.
fn readings(path: Path, text: &Spanned<String>, report: &mut Report) -> Option<Vec<Path>> {
    let Some(name) = path.names().find(|name| is_slip(name)).map(str::to_owned) else {
        return Some(vec![path]);
    };
    let readings = path.with_lists_meant();
    if readings.is_some() {
        report
            .warning(
                "quoted-list",
                text.place,
                format!("`{name}` is in quotes; it is read as the elements of a list as well"),
            )
            .suggest("close the quotes before `[*]`");
    } else {
        never_matches(&name, text, report);
    }
    readings
}

/// A path, unless it can reach nothing.
pub(crate) fn path(text: &Spanned<String>, report: &mut Report) -> Option<Path> {
    let path = parsed(text, report)?;
    if let Some(name) = path.names().find(|name| is_slip(name)) {
        never_matches(name, text, report);
        return None;
    }
    Some(path)
}

fn never_matches(name: &str, text: &Spanned<String>, report: &mut Report) {
    let message = format!("`{name}` is in quotes, so it is read as one name");
    report.error("path-never-matches", text.place, message).suggest("close the quotes before `[` and `*`");
}

fn parsed(text: &Spanned<String>, report: &mut Report) -> Option<Path> {
    jsonpath::parse(&text.value)
        .map_err(|why| {
            report.error("path-syntax", text.place, format!("not a path: {why}"));
        })
        .ok()
}

/// `Some(None)`: always. `None`: there was a mistake.
fn condition(fields: &mut Fields, report: &mut Report) -> Option<Option<Path>> {
    let Some(text) = fields.text("applyOnlyWhen", report).filter(|it| !it.value.trim().is_empty()) else {
        return Some(None);
    };
    let path = path(&text, report)?;
    if path.is_definite() {
        report
            .warning(
                "condition-definite",
                text.place,
                "this path names one place, so the transform always applies",
            )
            .suggest("write a filter, such as `$[?(@.type == 'x')]`");
        return Some(None);
    }
    Some(Some(path))
}

/// Splits the response side off an endpoint and compiles it.
pub(crate) fn of(
    endpoint: &mut doc::Endpoint,
    definitions: &[(Spanned<String>, Node)],
    report: &mut Report,
) -> Program {
    Program::compile(
        endpoint.response_schema.take(),
        std::mem::take(&mut endpoint.augments),
        std::mem::take(&mut endpoint.transforms),
        definitions,
        endpoint.place,
        report,
    )
}

#[cfg(test)]
mod tests {
    use crate::RuleSet;

    #[test]
    fn tells_authors_what_would_do_nothing() {
        for (endpoint, expected) in [
            ("transforms: [!<redact> {jsonPaths: ['$.a']}]", ""),
            ("transforms: [!<redact> {jsonPaths: [~]}]", "wrong-kind 3:39"),
            (
                "transforms: !<redact> [!<redact> {jsonPaths: !x ['$.a']}]",
                "ignored-key 3:15, ignored-key 3:48",
            ),
            ("responseSchema: !<redact> {type: string}", "ignored-key 3:19"),
            (
                "responseSchema: {$ref: '#/definitions/A', properties: {}}",
                "unknown-ref 3:26, ignored-key 3:45",
            ),
            ("responseSchema: {anyOf: [{type: string}], items: {}, type: array}", "ignored-key 3:45"),
            (
                "responseSchema: {type: object, if: {properties: {k: {const: a}}}, then: {}, properties: {}}",
                "ignored-key 3:79",
            ),
            ("augments: [!<textDigest> {jsonPaths: ['$.a'], innerJsonPath: ' '}]", ""),
            (
                "augments: [!<textDigest> {jsonPaths: ['$.a'], innerJsonPath: '$..x'}]",
                "text-around-matches 3:64",
            ),
            (
                "augments: [!<textDigest> {jsonPaths: ['$.a'], innerJsonPath: \"$['x[*]']\"}]",
                "path-never-matches 3:64, text-around-matches 3:64",
            ),
            (
                "transforms: [!<textDigest> {jsonPaths: ['$.a'], jsonPathToProcessWhenEscaped: '$.x'}]",
                "ignored-key 3:51",
            ),
        ] {
            let yaml = format!("endpoints:\n- pathTemplate: /x\n  {endpoint}\n");
            let found = RuleSet::load("r", &yaml).map_or_else(|found| found, |loaded| loaded.warnings);
            let found: Vec<String> =
                found.iter().map(|it| format!("{} {}:{}", it.code, it.place.line, it.place.column)).collect();
            assert_eq!(found.join(", "), expected, "{endpoint}");
        }
    }
}
