//! What differs from all that was before it is read as if nothing had been alike. (The property tests of the pass say so
//! of what chance writes; here is what it seldom does.)

use proptest::prelude::*;

use super::*;
use crate::counts::Counts;
use crate::json::{MAX_DEPTH, MAX_NAME};
use crate::pass::tests::{alike, outcomes, path, rules, text as text_of};
use crate::program::Program;
use crate::sanitize::Options;
use crate::testing;
use crate::transform::Context;
use crate::unsanitizable::Unsanitizable;

/// What comes of a body with as much known of it: its text, counts and scalars, and which documents need the tree; or where
/// it is refused.
fn outcome(
    program: &Program,
    body: &str,
    alike: Option<Alike>,
) -> Result<(String, Counts, u64, Vec<bool>), Unsanitizable> {
    let mut pass = run(program, body);
    pass.alike = alike.unwrap_or(pass.alike);
    let mut trees = Vec::new();
    while let Some(mark) = pass.next() {
        let needs_tree = match pass.document() {
            Ok(()) => false,
            Err(Stop::NeedsTree) => true,
            Err(Stop::Refused(why)) => return Err(why),
        };
        if needs_tree {
            pass.document_by_tree(mark)?;
        }
        trees.push(needs_tree);
    }
    let (text, counts, scalars) = pass.finish();
    Ok((text, counts, scalars, trees))
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: u32::MAX, ..ProptestConfig::default() })]

    #[test]
    fn what_is_known_of_a_body_changes_nothing(rules in rules(path()), body in alike()) {
        let program = testing::program(&rules).ok().filter(|program| program.automaton.is_some());
        let Some(program) = program else { return Err(TestCaseError::reject(rules)) };
        prop_assume!(Scanner::new(body.as_bytes()).is_ok());
        let ordinary = outcome(&program, &body, Some(Alike::new(0)));
        prop_assert_eq!(outcome(&program, &body, None), ordinary, "{} on {}", rules, body);
    }
}

/// So many of one kind that their shape is known, then another, then one of the kind.
fn among(usual: &str, odd: &str) -> String {
    let many = 2 + SMALLEST / usual.len();
    format!("{}{odd}\n{usual}", format!("{usual}\n").repeat(many))
}

fn run<'a>(program: &'a Program, body: &'a str) -> Pass<'a, 'a, 'static> {
    let (keys, options) = (testing::keys(), Options::default());
    let context = Context { keys, options, counts: Counts::default(), may_write: 1 << 20 };
    let automaton = program.automaton.as_ref().unwrap();
    Pass::new(program, automaton, Scanner::new(body.as_bytes()).unwrap(), context, String::new())
}

#[test]
fn what_differs_is_read_as_ever() {
    let whole = "  responseSchema: {properties: {a: {items: {type: integer}}, b: {type: string}}}";
    let nested = |depth: usize| format!(r#"{{"c":{{"d":{}{}}}}}"#, "[".repeat(depth), "]".repeat(depth));
    for (rules, usual, odd) in [
        ("", r#"{"a_name_of_more_than_sixteen":1}"#, r#"{"a_name_of_more_than_sixteen_bytes":1}"#),
        (
            "  transforms: [!<redact> {jsonPaths: ['$.a_name_of_more_than_sixteen']}]",
            r#"{"a_name_of_more_than_sixteen":1,"b":2}"#,
            r#"{"a_name_of_more_than_seventy":1,"b":2}"#,
        ),
        ("", r#"{"a":1,"b":2}"#, r#"{"a":1,"b":2"#),
        ("", r#"{"a":1,"b":2}"#, r#"{"a":01,"b":2}"#),
        ("", r#"{"a":1,"b":2}"#, r#"{"a":1,"a":2}"#),
        ("", r#"{"a":{"b":1},"c":2}"#, r#"{"a":{"b":1},"a":2}"#),
        (whole, r#"{"a":[1,2]}"#, r#"{"a":[1.5,2]}"#),
        (whole, r#"{"a":[1,2],"b":"x"}"#, r#"{"a":[1,null],"b":7}"#),
        ("  transforms: [!<redact> {jsonPaths: ['$.c.d']}]", r#"{"c":{"d":1}}"#, &nested(MAX_DEPTH - 1)),
        ("  transforms: [!<redact> {jsonPaths: ['$.c.d']}]", r#"{"c":{"d":1}}"#, &nested(MAX_DEPTH - 2)),
        (
            "  transforms: [!<pseudonymize> {jsonPaths: ['$.a']}]",
            r#"{"a":"x","b":1}"#,
            r#"{"a":["x"],"b":1}"#,
        ),
    ] {
        let body = among(usual, odd);
        let [pass, tree] = outcomes(&testing::program(rules).unwrap(), &body);
        assert_eq!(text_of(&pass), text_of(&tree), "{rules} on {odd}");
    }
}

#[test]
fn what_differs_late_needs_no_tree() {
    let program = testing::program("").unwrap();
    // A name within, which another has that comes after it.
    let usual = r#"{"o":{"n":1},"m":2,"l":{"n":3},"k":4}"#;
    let body = among(usual, r#"{"o":{"n":1},"m":2,"l":{"n":3},"n":5}"#);
    let mut pass = run(&program, &body);
    while pass.next().is_some() {
        assert!(pass.document().is_ok());
    }
    assert_eq!(pass.finish().0, body);
}

#[test]
fn a_shape_ends_where_it_is_not_understood() {
    let rules = "  transforms: [!<redact> {jsonPaths: ['$.gone', '$.asked[?(@.x)].y']}]";
    let long = format!(r#"{{"a":1,{}"b":2}}"#, " ".repeat(5_000));
    let many: Vec<String> = (0..200).map(|name| format!("\"n{name}\":1")).collect();
    let many = format!("{{{}}}", many.join(","));
    let mut shape = Shape::default();
    for (object, steps, is_whole) in [
        (r#"{"a":1,"b":"x","gone":[1,2],"c":{"d":[true,null],"e":{}},"f":[]}"#, 5, true),
        ("{ }", 0, true),
        (r#"{"n":{"n":{"n":1}},"m":[{"n":1},{"n":2}]}"#, 3, true),
        (r#"{"o":{"n":1},"n":2}"#, 2, true),
        (r#"{"a":1,"b":2,"a":3}"#, 2, false),
        (r#"{"a":1,"\u0062":2}"#, 1, false),
        (r#"{"a":1,"asked":[{"x":1,"y":2}],"b":1}"#, 1, false),
        (r#"{"a":1 "b":2}"#, 1, false),
        (r#"{"a":1,"b":"x"#, 1, false),
        (&long, 1, false),
        (&many, 96, false),
    ] {
        let program = testing::program(rules).unwrap();
        let automaton = program.automaton.as_ref().unwrap();
        shape.learn(&Scanner::new(object.as_bytes()).unwrap(), automaton, StateId::START);
        assert_eq!((shape.steps.len(), shape.end.is_some()), (steps, is_whole), "{object}");
    }
}

#[test]
fn the_beginning_of_a_long_object_is_followed() {
    let program = testing::program("").unwrap();
    let members: Vec<String> = (0..200).map(|name| format!("\"n{name}\":1")).collect();
    let object = format!("{{{}}}", members.join(","));
    let body = among(&object, &object).repeat(10);
    let mut pass = run(&program, &body);
    while pass.next().is_some() {
        assert!(pass.document().is_ok());
    }
    let slot = &pass.alike.slots[place(StateId::START, 0)];
    assert!(slot.knows && slot.credit > CREDIT, "{}", slot.credit);
    assert_eq!(pass.finish().0, body.replace("}{", "}\n{"));
}

#[test]
fn what_has_always_been_the_same_is_compared_at_once() {
    let rules = "  transforms: [!<pseudonymize> {jsonPaths: ['$.who']}]";
    let program = testing::program(rules).unwrap();
    let record = |id: usize, size: &str| {
        format!(r#"{{"id":{id},"kind":"a","size":{size},"who":"nora","in":{{"x":[true,null]}}}}"#)
    };
    let sizes = |size: &'static str| move |id: usize| record(id, size);
    let mut lines: Vec<String> = (0..100).map(sizes("10")).collect();
    let end = lines.len();
    // Another one, one that goes on where the other ended, and one that is no number.
    lines.extend((0..4).flat_map(|id| ["11", "101", "10.5", "10"].map(|size| record(id, size))));
    let runs = |body: &str| {
        let mut pass = run(&program, body);
        while pass.next().is_some() {
            assert!(pass.document().is_ok());
        }
        let shape = pass.alike.slots[place(StateId::START, 0)].shape.take().unwrap();
        let runs = shape.steps.iter().enumerate();
        let runs: Vec<_> = runs.filter_map(|(at, step)| Some((at, step.run.as_ref()?.to))).collect();
        (runs, pass.finish().0)
    };
    let (found, text) = runs(&lines.join("\n"));
    assert_eq!(found, [(1, 3), (4, 6)]);
    let outcome = outcome(&program, &lines.join("\n"), Some(Alike::new(0))).unwrap();
    assert_eq!(text, outcome.0);
    assert!(text.lines().nth(end + 1).unwrap().contains(r#""size":101,"who":"t~"#));
    // What is not the same any more is given up, and what else is the same goes on.
    lines.extend((0..20).map(sizes("12")));
    assert_eq!(runs(&lines.join("\n")).0, [(4, 6)]);
    lines.push(record(1, "10x"));
    let [pass, tree] = outcomes(&program, &lines.join("\n"));
    assert_eq!(text_of(&pass), text_of(&tree));
    assert!(pass.is_err());
}

#[test]
fn only_so_much_is_read_ahead() {
    let program = testing::program("").unwrap();
    let automaton = program.automaton.as_ref().unwrap();
    let names = |value: &str| (0..50_000).map(|name| format!("\"n{name}\":{value},")).collect::<String>();
    let (empty, numbers) = (format!("{{{}\"z\":0}}", names("[]")), format!("{{{}\"z\":0}}", names("1")));
    let long_name = format!(r#"{{"a":1,"{}":2}}"#, "x".repeat(MAX_NAME + 1));
    let long_value = format!(r#"{{"a":1,"b":"{}"}}"#, "x".repeat(50_000));
    for (object, least, most) in [
        ("{}", 2, 2),
        (&*empty, 1_000, 1_100),
        (&numbers, 500, 2_000),
        (&long_value, long_value.len(), long_value.len()),
        (&long_name, usize::MAX, usize::MAX),
    ] {
        let scan = Scanner::new(object.as_bytes()).unwrap();
        let mut shape = Shape::default();
        shape.learn(&scan, automaton, StateId::START);
        assert!((least..=most).contains(&shape.read), "{}", shape.read);
        let mut alike = Alike::new(1 << 20);
        while alike.expected(&scan, automaton, StateId::START).is_none() {}
        assert_eq!(alike.read_ahead, (1_usize << 20).saturating_sub(shape.read));
        alike.read_ahead = 0;
        assert!((0..99).all(|_| alike.expected(&scan, automaton, StateId::UNLISTED).is_none()));
    }
}

/// A place that two want is one's in the end, and not both's in turn.
#[test]
fn of_two_that_share_a_place_one_has_it() {
    let program = testing::program("").unwrap();
    let (automaton, scan) = (program.automaton.as_ref().unwrap(), Scanner::new(b"{}").unwrap());
    let mut alike = Alike::new(1 << 20);
    let mut within = scan.clone();
    within.depth = SHAPES;
    let mut followed = 0;
    for _ in 0..100 {
        for scan in [&scan, &within] {
            if let Some(shape) = alike.expected(scan, automaton, StateId::START) {
                alike.judge(StateId::START, scan.depth, shape, true);
                followed += 1;
            }
        }
    }
    assert!(followed > 95, "{followed}");
}

#[test]
fn who_is_never_alike_is_soon_let_pass() {
    let program = testing::program("").unwrap();
    let (automaton, scan) = (program.automaton.as_ref().unwrap(), Scanner::new(b"{}").unwrap());
    let mut alike = Alike::new(1 << 20);
    let mut tried = 0;
    for _ in 0..10_000 {
        if let Some(shape) = alike.expected(&scan, automaton, StateId::START) {
            tried += 1;
            alike.judge(StateId::START, 0, shape, false);
        }
    }
    assert!((20..100).contains(&tried), "{tried}");
    // Who is always alike is followed, and so is who comes after those that were of no use.
    let other = StateId::UNLISTED;
    let mut alike = Alike::new(1 << 20);
    for state in [StateId::START, other, StateId::START, other] {
        let at = place(state, 0);
        alike.slots.swap(at, 0);
        let followed = (0..30).filter(|_| match alike.expected(&scan, automaton, state) {
            Some(shape) => {
                alike.judge(state, 0, shape, true);
                true
            }
            None => false,
        });
        assert!(followed.count() > 10);
        alike.slots.swap(at, 0);
    }
}
