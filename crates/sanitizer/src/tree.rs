//! The executor that runs a [`Program`] over a tree: path by path, in the order of the file.

use vizard_pseudonym::MissingKey;

use crate::augment;
use crate::json::Value;
use crate::jsonpath::places::Selection;
use crate::jsonpath::select::{Start, Steps};
use crate::program::{Program, Step};
use crate::transform::Context;
use crate::unsanitizable::Reason;

/// Why a document could not be finished.
pub(crate) struct Stopped(pub(crate) Reason);

impl From<MissingKey> for Stopped {
    fn from(_: MissingKey) -> Stopped {
        Stopped(Reason::MissingKey)
    }
}

/// Runs the program over one document.
pub(crate) fn run(
    program: &Program,
    document: &mut Value<'_>,
    context: &mut Context<'_>,
) -> Result<(), Stopped> {
    context.counts.documents += 1;
    if !program.augments.is_empty() {
        if augment::clashes(document) {
            context.counts.augments_skipped += 1;
        } else {
            program.augments.iter().for_each(|augment| augment.apply(document));
        }
    }
    if let (Some(schema), false) = (&program.schema, program.schema_last) {
        schema.project(document, &mut context.counts);
    }
    let undecided = context.counts.undecided;
    for step in &program.steps {
        if applies(step, document, context) {
            for path in &step.paths {
                let selection = path.select(document);
                apply(step, &selection, document, context)?;
            }
        }
    }
    // Counted per document, not per path.
    context.counts.undecided = context.counts.undecided.min(undecided + 1);
    if let (Some(schema), true) = (&program.schema, program.schema_last) {
        schema.project(document, &mut context.counts);
    }
    Ok(())
}

/// A condition that cannot be asked applies the transform: transforms only ever take away.
fn applies(step: &Step, document: &Value<'_>, context: &mut Context<'_>) -> bool {
    let Some(condition) = &step.condition else { return true };
    let selection = condition.select(document);
    context.counts.undecided += u64::from(selection.undecided);
    selection.undecided || !selection.places.is_empty()
}

/// What is left to do at one place of a document: how the schema and each path arrive there.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// What the schema lists there, if there is a schema.
    pub(crate) shape: Option<usize>,
    /// An element of a list in the schema: it goes when the schema makes it null.
    pub(crate) null_goes: bool,
    /// In the order of the file.
    pub(crate) paths: Vec<Arrival>,
}

/// A path that is still on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    /// By its position in the program.
    pub(crate) step: usize,
    /// By its position in the step.
    pub(crate) path: usize,
    /// By its position among the paths of all steps.
    pub(crate) order: usize,
    pub(crate) start: Start,
}

/// What one document may still ask for.
pub(crate) struct Budgets {
    /// For each path of each step, in order.
    pub(crate) filters: Vec<Steps>,
    pub(crate) look_ahead: u32,
}

/// Runs what is left of a program over one value inside a document; `None` when it goes. Only for programs
/// without augments, conditions and filters that look up from `$`.
pub(crate) fn run_at<'v>(
    program: &Program,
    entry: &Entry,
    mut value: Value<'v>,
    budgets: &mut Budgets,
    context: &mut Context<'_>,
) -> Result<Option<Value<'v>>, Stopped> {
    if let (Some(schema), Some(shape)) = (&program.schema, entry.shape) {
        let admitted = schema.project_at(shape, &mut value, &mut context.counts, &mut budgets.look_ahead);
        if entry.null_goes && (!admitted || value == Value::Null) {
            context.counts.removed += 1;
            return Ok(None);
        }
        if !admitted {
            context.counts.nulled += u64::from(value != Value::Null);
            value = Value::Null;
        }
    }
    for arrival in &entry.paths {
        let step = &program.steps[arrival.step];
        let path = &step.paths[arrival.path];
        let selection = path.select_from(arrival.start, &value, &budgets.filters[arrival.order]);
        let goes = step.transform.removes() && selection.places.root().chosen;
        apply(step, &selection, &mut value, context)?;
        if goes {
            return Ok(None);
        }
    }
    Ok(Some(value))
}

fn apply<'v>(
    step: &Step,
    selection: &Selection,
    document: &mut Value<'v>,
    context: &mut Context<'_>,
) -> Result<(), Stopped> {
    context.counts.nulled += selection.null_unfilterable(document);
    if step.transform.removes() {
        context.counts.removed += selection.places.remove(document);
        return Ok(());
    }
    selection.places.rewrite(document, |value| transform(step, value, context))
}

/// Puts in the place of a value what the transform of a step makes of it.
pub(crate) fn transform<'v>(
    step: &Step,
    value: &mut Value<'v>,
    context: &mut Context<'_>,
) -> Result<(), Stopped> {
    let taken = std::mem::replace(value, Value::Null);
    *value = step.transform.apply(taken, context)?.unwrap_or(Value::Null);
    if let Value::String(text) = value {
        context.take_room(text.len()).ok_or(Stopped(Reason::OutputLength))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::counts::Counts;
    use crate::testing::run;

    const REDACT: &str = "!<redact> {jsonPaths: ";

    #[test]
    fn applies_transforms_in_the_order_of_the_file() {
        for (transforms, before, after) in [
            (format!(r#"[{REDACT}["$.a"]}}, !<textDigest> {{jsonPaths: ["$.a"]}}]"#), r#"{"a":"x"}"#, "{}"),
            (
                r#"[!<textDigest> {jsonPaths: ["$.a"]}, !<redactRegexMatches> {jsonPaths: ["$.a"], redactions: [".*length.*"]}]"#
                    .to_owned(),
                r#"{"a":"x"}"#,
                r#"{"a":""}"#,
            ),
            // The second path sees the array that the first one shortened.
            (format!(r#"[{REDACT}["$.a[0]", "$.a[0]"]}}]"#), r#"{"a":[1,2,3]}"#, r#"{"a":[3]}"#),
            (format!(r#"[{REDACT}["$.a[0,2]"]}}]"#), r#"{"a":[1,2,3]}"#, r#"{"a":[2]}"#),
            (format!(r#"[{REDACT}["$..x"]}}]"#), r#"{"x":{"x":1},"l":[{"x":2},[{"x":3,"y":4}]]}"#, r#"{"l":[{},[{"y":4}]]}"#),
            (format!(r#"[{REDACT}["$..[*]"]}}]"#), r#"{"a":[1,{"b":2}]}"#, "{}"),
            (format!(r#"[{REDACT}["$"]}}]"#), r#"{"a":1}"#, "null"),
            (format!(r#"[{REDACT}["$.a[-1]"]}}]"#), r#"{"a":[1,2]}"#, r#"{"a":[1]}"#),
            (format!(r#"[{REDACT}["$..[?(@.t=='x')].v"]}}]"#), r#"[{"t":"x","v":1,"c":{"t":"x","v":2}},{"v":3}]"#, r#"[{"t":"x","c":{"t":"x"}},{"v":3}]"#),
            (r#"[!<textDigest> {jsonPaths: ["$..a"]}]"#.to_owned(), r#"{"a":{"a":"x"}}"#, r#"{"a":null}"#),
            (format!(r#"[{REDACT}["$..a", "$..['b','c']"]}}]"#), r#"{"a":{"a":[{"a":1}]},"l":[{"b":1,"c":2,"d":[{"c":3}]},{"a":4}]}"#, r#"{"l":[{"d":[{}]},{}]}"#),
            (format!(r#"[{REDACT}["$..[1,3]"]}}]"#), "[0,[5,6],2,[7,8],[9,1,2,[3,4]]]", "[0,2,[9,2]]"),
            (r#"[!<textDigest> {jsonPaths: ["$.e"], isJsonEscaped: true, jsonPathToProcessWhenEscaped: "$.a[?(@.t)].x"}]"#.to_owned(), r#"{"e":"{\"a\":\"clear\"}"}"#, r#"{"e":"{\"a\":null}"}"#),
            (r#"[!<textDigest> {jsonPaths: ["$"]}]"#.to_owned(), r#""x""#, r#""{\"length\":1,\"word_count\":1}""#),
        ] {
            let result = run(&format!("  transforms: {transforms}"), before).map(|(after, _)| after);
            assert_eq!(result.as_deref(), Ok(after), "{transforms} on {before}");
        }
    }

    #[test]
    fn conditions_fail_towards_less() {
        let rule = |when: &str| {
            format!("  transforms: [!<redact> {{jsonPaths: ['$.v'], applyOnlyWhen: \"{when}\"}}]")
        };
        for (when, before, after) in [
            ("$[?(@.t == 'x')]", r#"{"t":"x","v":1}"#, r#"{"t":"x"}"#),
            ("$[?(@.t == 'x')]", r#"{"t":"y","v":1}"#, r#"{"t":"y","v":1}"#),
            ("$.l[?(@.t)]", r#"{"l":[{"t":1}],"v":1}"#, r#"{"l":[{"t":1}]}"#),
            ("$.l[?(@.t)]", r#"{"l":[],"v":1}"#, r#"{"l":[],"v":1}"#),
            ("$.l[?(@.t)]", r#"{"v":1}"#, "{}"),
            ("$.l[?(@.t)]", r#"{"l":null,"v":1}"#, r#"{"l":null}"#),
            ("$.t", r#"{"v":1}"#, "{}"),
            (" ", r#"{"v":1}"#, "{}"),
        ] {
            let result = run(&rule(when), before).map(|(after, _)| after);
            assert_eq!(result.as_deref(), Ok(after), "{when} on {before}");
        }
    }

    #[test]
    fn nulls_what_a_filter_cannot_judge() {
        let rule = "  transforms: [!<redact> {jsonPaths: ['$.a[?(@.x)].y']}]";
        let (after, counts) = run(rule, r#"{"a":"ada@acme.com","b":1}"#).unwrap();
        assert_eq!((after.as_str(), counts.nulled), (r#"{"a":null,"b":1}"#, 1));
    }

    #[test]
    fn augments_come_first_and_pass_the_schema() {
        let endpoint = "  augments: [!<textDigest> {jsonPaths: ['$.m[*].text', '$.tags[*]']}]\n  \
                        responseSchema: {properties: {m: {items: {properties: {id: {type: string}}}}}}";
        for (before, after) in [
            (
                r#"{"m":[{"id":"1","text":"Hi Ada"}],"tags":["a","b c"]}"#,
                r#"{"m":[{"id":"1","+text:textDigest":{"length":6,"word_count":2}}],"+tags:textDigest":{"length":3,"word_count":2}}"#,
            ),
            (r#"{"m":[{"id":"1","text":"Hi","+text:textDigest":"clear"}]}"#, r#"{"m":[{"id":"1"}]}"#),
        ] {
            assert_eq!(run(endpoint, before).map(|(after, _)| after).as_deref(), Ok(after), "{before}");
        }
    }

    #[test]
    fn sanitizes_each_document_of_a_sequence() {
        let rule = "  transforms: [!<redact> {jsonPaths: ['$.v']}]";
        let (after, counts) = run(rule, "{\"v\":1,\"k\":[1, 2]}\n {\"v\":2} 3\n").unwrap();
        assert_eq!(after, "{\"k\":[1,2]}\n{}\n3");
        assert_eq!(counts, Counts { documents: 3, kept: 3, removed: 2, ..Counts::default() });
        assert_eq!(run(rule, " \n").map(|(after, _)| after).as_deref(), Ok(""));
        assert_eq!(run(rule, "{\"v\":1}\n{"), Err("json-syntax".to_owned()));
    }

    /// Each took gigabytes or minutes when places were lists of positions and names were searched for.
    #[test]
    fn work_and_memory_are_linear_in_the_body() {
        let deep = |item: &str| format!("{}{}0{}", "[".repeat(999), item.repeat(50_000), "]".repeat(999));
        let wide: Vec<String> = (0..20_000).map(|i| format!("\"k{i}\":\"v\"")).collect();
        let wide = format!("{{{}}}", wide.join(","));
        let same = format!("{{\"a\":{wide},\"b\":{wide}}}");
        let augment = "  augments: [!<textDigest> {jsonPaths: ['$.*', '$.*']}]\n  responseSchema: {properties: {k7: {type: string}}}";
        let digits = format!("{{\"a\":\"{}\"}}", "1".repeat(300_000));
        for (endpoint, body, length) in [
            (format!("  transforms: [{REDACT}['$..x']}}]"), deep("{\"x\":1},"), 999 * 2 + 50_000 * 3 + 1),
            (format!("  transforms: [{REDACT}['$..x', '$..*.x']}}]"), deep("[],"), 999 * 2 + 50_000 * 3 + 1),
            (format!("  transforms: [{REDACT}['$[?(@.a == @.b)].a']}}]"), same, wide.len() + 6),
            (augment.to_owned(), wide.clone(), 968_900),
            (
                "  transforms: [!<redactRegexMatches> {jsonPaths: ['$.a'], redactions: ['[0-9]']}]"
                    .to_owned(),
                digits,
                8,
            ),
        ] {
            assert_eq!(run(&endpoint, &body).map(|(after, _)| after.len()), Ok(length), "{endpoint}");
        }
    }

    #[test]
    fn a_value_cannot_grow_without_bound() {
        let rule = "  transforms: [!<tokenize> {jsonPaths: ['$.a'], regex: '(.).*'}]";
        let (after, counts) = run(rule, &format!("{{\"a\":\"{}\"}}", "x".repeat(100_000))).unwrap();
        assert_eq!((after.as_str(), counts.nulled), (r#"{"a":null}"#, 1));
    }

    #[test]
    fn survives_the_deepest_document() {
        let rule = "  responseSchema: {type: object, properties: {a: {}}}\n  transforms: [!<redact> {jsonPaths: ['$..x', '$..[?(@.y)]..z', '$..a..a..a..a']}]";
        let body = format!("{}1{}", r#"{"a":"#.repeat(1000), "}".repeat(1000));
        assert_eq!(run(rule, &body).map(|(after, _)| after).as_deref(), Ok(r#"{"a":null}"#));
        let rule = "  transforms: [!<redact> {jsonPaths: ['$..x', '$..[?(@.y)]..z', '$..a..a..a..b']}]";
        assert_eq!(run(rule, &body).map(|(after, _)| after), Ok(body));
    }
}
