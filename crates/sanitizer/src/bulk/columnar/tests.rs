//! Whole small tables: rules, a file, and what leaves of it.

use vizard_pseudonym::Pseudonymizer;

use super::*;
use crate::bulk::{BulkRules, FileRules};
use crate::testing::keys;

/// The rules of a text that loads.
fn rules(yaml: &str) -> Columnar {
    match BulkRules::load("r", yaml) {
        Ok(loaded) => match loaded.rules.for_path("").unwrap() {
            FileRules::Columnar(rules) => rules.clone(),
            FileRules::Record(_) => panic!("not columnar: {yaml}"),
        },
        Err(problems) => panic!("{problems}"),
    }
}

/// The output for a file whose values hold no delimiter, cell by cell; or why there is none.
fn run(yaml: &str, file: &str) -> String {
    let rules = rules(yaml);
    let mut lines = file.split('\n').map(|line| line.split(rules.delimiter()).collect::<Vec<_>>());
    let columns = match rules.bind(&lines.next().unwrap()) {
        Ok(columns) => columns,
        Err(why) => return format!("{}: {why}", why.code()),
    };
    let header: Vec<&str> = columns.all().iter().map(|column| column.name.as_str()).collect();
    let mut out = vec![header.join(",")];
    for line in lines {
        let cells = columns.all().iter().map(|column| {
            let mut out = String::new();
            let value = line[column.source];
            let made = column.cell(value, keys(), &mut out).unwrap();
            assert_eq!(made == Cell::Nothing, out.is_empty(), "{value}");
            assert!(!column.is_copied() || out == value);
            out
        });
        out.push(cells.collect::<Vec<_>>().join(","));
    }
    let warnings: Vec<String> = columns.warnings().map(|(code, times)| format!("{code} {times}")).collect();
    if !warnings.is_empty() {
        out.push(format!("! {}", warnings.join(", ")));
    }
    out.join("\n").replace(ALICE, "<alice>").replace(ONE, "<1>").replace(TWO, "<2>")
}

/// The hash of `alice@acme.com`, however it is spelled.
const ALICE: &str = "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk";
/// Of `1`, and of `2`.
const ONE: &str = "0zPKqEd-CtbCLB1ZSwX6Zo7uAWUvkpfHGzv9-cuYwZc";
const TWO: &str = "-hN_i1M1DeMAicDVp6LhFgW9lH7r3_LbOpTlXYWpXVI";

#[test]
fn pseudonyms_are_written_as_asked_for() {
    let file = "id,email\n1,Alice@Acme.com\n2,";
    for (format, expected) in [
        ("JSON", "id,email\n1,{\"domain\":\"Acme.com\",\"hash\":\"<alice>\"}\n2,"),
        ("URL_SAFE_TOKEN", "id,email\n1,t~<alice>@Acme.com\n2,"),
        ("URL_SAFE_HASH_ONLY", "id,email\n1,<alice>\n2,"),
    ] {
        let yaml = format!("pseudonymFormat: {format}\ncolumnsToPseudonymize: [email]\n");
        assert_eq!(run(&yaml, file), expected);
    }
    assert_eq!(run("columnsToPseudonymize: [id]", "id\n1"), "id\n{\"hash\":\"<1>\"}");
}

#[test]
fn columns_are_found_however_they_are_spelled() {
    let file = "\u{feff}ID,\u{a0}E\u{a0}Mail\u{200b},x\n1,alice@acme.com,z";
    let yaml =
        "{columnsToPseudonymize: [' e mail '], columnsToRedact: [X], pseudonymFormat: URL_SAFE_HASH_ONLY}";
    assert_eq!(run(yaml, file), "ID,E\u{a0}Mail\n1,<alice>");
}

/// Rules as flow mappings; all write hashes only.
#[test]
fn columns_leave_as_the_rules_say() {
    for (yaml, file, expected) in [
        // Which, and in which order.
        ("columnsToRedact: [b]", "a,b,c\n1,2,3", "a,c\n1,3"),
        ("columnsToRedactIfPresent: [b, z]", "a,b\n1,2", "a\n1"),
        ("columnsToInclude: [C, a]", "a,b,c\n1,2,3", "a,c\n1,3"),
        ("columnsToInclude: [a, b], columnsToRedact: [b]", "a,b,c\n1,2,3", "a\n1"),
        ("columnsToPseudonymizeIfPresent: [b, z]", "a,b\n1,2", "a,b\n1,<2>"),
        ("columnsToPseudonymize: [b], columnsToPseudonymizeIfPresent: [B]", "a,b\n1,2", "a,b\n1,<2>"),
        ("columnsToPseudonymize: [b, B, ' b']", "a,b\n1,2", "a,b\n1,<2>"),
        // Renamed, in the old place.
        ("columnsToRename: {a: ' Zed '}", "a,b\n1,2", "Zed,b\n1,2"),
        ("columnsToRename: {b: A2}", "a,b,c\n1,2,3", "a,A2,c\n1,2,3"),
        ("columnsToRename: {a: b, b: a}", "a,b\n1,2", "a,b\n2,1"),
        ("columnsToRename: {a: b, b: c}", "a,b\n1,2", "b,c\n1,2"),
        ("columnsToRename: {a: b}, columnsToInclude: [a]", "a,b\n1,2", "b\n1"),
        ("columnsToRename: {a: c}, columnsToInclude: [a, c]", "a,b\n1,2", "c\n1"),
        // Pseudonymized by the old name or the new one.
        ("columnsToRename: {b: z}, columnsToPseudonymize: [z]", "a,b\n1,2", "a,z\n1,<2>"),
        ("columnsToRename: {b: z}, columnsToPseudonymize: [b]", "a,b\n1,2", "a,z\n1,<2>"),
        ("columnsToRename: {b: z}, columnsToPseudonymize: [b, z]", "a,b\n1,2", "a,z\n1,<2>"),
        ("columnsToRename: {b: z}, columnsToPseudonymizeIfPresent: [z]", "a,b\n1,2", "a,z\n1,<2>"),
        ("columnsToRename: {b: z}, columnsToPseudonymizeIfPresent: [b]", "a,b\n1,2", "a,z\n1,<2>"),
        ("columnsToRename: {a: b, b: c}, columnsToPseudonymize: [b]", "a,b\n1,2", "b,c\n<1>,<2>"),
        // Copied, behind all others.
        ("columnsToDuplicate: {a: z, b: y}", "a,b\n1,2", "a,b,y,z\n1,2,2,1"),
        ("columnsToDuplicate: {a: z}, columnsToPseudonymize: [a, z]", "a,b\n1,2", "a,b,z\n<1>,2,<1>"),
        ("columnsToDuplicate: {a: z}, columnsToRename: {a: y}", "a,b\n1,2", "y,b,z\n1,2,1"),
        (
            "columnsToDuplicate: {a: z}, columnsToRename: {a: y}, columnsToPseudonymize: [y, z]",
            "a,b\n1,2",
            "y,b,z\n<1>,2,<1>",
        ),
        // Repeated and unnamed headers.
        ("columnsToRedact: [b]", "a,b,A\n1,2,3", "a\n3\n! duplicate-column 1"),
        ("columnsToPseudonymize: [a]", "a,b,A\n2,2,1", "b,a\n2,<1>\n! duplicate-column 1"),
        ("columnsToRedact: [b]", "a,,b,\n1,2,3,4", "a,\n1,4\n! unnamed-columns 1"),
        ("columnsToRedact: [b]", "a,b,\n1,2,3", "a,\n1,3"),
        ("columnsToInclude: [a]", "a,b,\n1,2,3", "a\n1"),
        // Delimiters.
        ("delimiter: '||', columnsToRedact: [b]", "a||b\n1||2", "a\n1"),
        ("delimiter: \"\\t\", columnsToRedact: [b]", "a\tb\n1\t2", "a\n1"),
        ("delimiter: '', columnsToRedact: [b]", "a,b\n1,2", "a\n1"),
    ] {
        let yaml = format!("{{pseudonymFormat: URL_SAFE_HASH_ONLY, {yaml}}}");
        assert_eq!(run(&yaml, file), expected, "{yaml}");
    }
}

#[test]
fn a_file_that_the_rules_do_not_fit_is_refused() {
    for (yaml, header, expected) in [
        (
            "columnsToPseudonymize: [ Manager , a, boss]",
            "a,b",
            "column-missing: the rules name `Manager`, `boss`, which the header of the file does not have",
        ),
        (
            "columnsToRedact: [z], columnsToInclude: [y, x], columnsToRename: {x: w}",
            "a",
            "column-missing: the rules name `y`, `x`, `z`, which the header of the file does not have",
        ),
        (
            "columnsToDuplicate: {x: w}, fieldsToTransform: {y: {newName: v, transforms: []}}",
            "a",
            "column-missing: the rules name `x`, `y`, which the header of the file does not have",
        ),
        (
            "columnsToRename: {a: b}",
            "a,B",
            "column-collides: the rules make `b` of `a`, and the file has another column of this name, which would be lost",
        ),
        (
            "columnsToDuplicate: {a: b}",
            "a,b",
            "column-collides: the rules make `b` of `a`, and the file has another column of this name, which would be lost",
        ),
        (
            "fieldsToTransform: {a: {newName: b, transforms: []}}",
            "a,b",
            "column-collides: the rules make `b` of `a`, and the file has another column of this name, which would be lost",
        ),
        ("columnsToRedact: [a]", "A", "no-columns-left: no column of the file would leave"),
        ("columnsToInclude: []", "a,b", "no-columns-left: no column of the file would leave"),
    ] {
        assert_eq!(run(&format!("{{{yaml}}}"), header), expected, "{yaml}");
    }
    let many: String = (0..30).map(|n| format!("c{n}, ")).collect();
    let said = run(&format!("columnsToRedact: [{many}]"), "Nora Quill,nora@lumen-orchard.example");
    assert!(said.contains("`c19` and 10 more") && !said.contains("ora"), "{said}");
}

#[test]
fn transforms_make_columns_of_others() {
    let email = |more: &str| {
        format!(
            "{{fieldsToTransform: {{email: {{newName: user, transforms: [{more}]}}}}, pseudonymFormat: URL_SAFE_HASH_ONLY}}"
        )
    };
    for (steps, value, expected) in [
        ("", "al@b.example", "al@b.example"),
        ("filter: '(.*)@.*'", "al@b.example", "al"),
        ("filter: '(.*)@.*'", "al", ""),
        ("filter: '.*@.*'", "al@b.example", "al@b.example"),
        ("filter: '@'", "al@b.example", ""),
        ("filter: '(x)?al.*'", "al@b.example", ""),
        ("filter: '(x*).*'", "al@b.example", ""),
        ("formatString: 'u_%s!'", "al", "u_al!"),
        ("formatString: 'u %% %s %%'", "al", "u % al %"),
        ("formatString: 'someone'", "al", "someone"),
        ("{javaRegExpReplace: {regExp: '(.*)@(.*)', replace: '$2-$1'}}", "al@b.example", "b.example-al"),
        ("{javaRegExpReplace: {regExp: '(.*)@(.*)', replace: '$2-$1'}}", "zz", "zz"),
        ("{javaRegExpReplace: {regExp: '.*', replace: 'x'}}", "zz", "xx"),
        ("{filter: '(.*)@.*'}, {formatString: '%s'}, {pseudonymize: true}", "1@b.example", "<1>"),
        ("{filter: '(.*)@.*'}, {pseudonymize: true}", "1", ""),
        ("{filter: '(x*).*'}, {formatString: 'u%s'}", "al", "u"),
        ("{filter: '(x*).*'}, {pseudonymize: true}, {formatString: 'u%s'}", "al", ""),
        ("{pseudonymize: false}", "1", "1"),
        (
            "{javaRegExpReplace: {regExp: '(.*)@.*', replace: '$1'}}, {javaRegExpReplace: {regExp: '([^\\.].*)\\.([^\\.].*)', replace: '$1-$2'}}",
            "nora.quill@lumen-orchard.example",
            "nora-quill",
        ),
        ("formatString: 'u%s'", "", ""),
        ("formatString: 'u%s'", "\u{2003}", ""),
    ] {
        let expected = format!("id,email,user\n7,{value},{expected}");
        // A step that only pseudonymizes would leave the source in clear beside it.
        assert_eq!(run(&email(steps), &format!("id,email\n7,{value}")), expected, "{steps}");
    }
}

#[test]
fn transforms_read_the_file_and_replace_what_has_their_name() {
    const USER: &str = "transforms: [filter: '(.*)@.*']";
    for (yaml, file, expected) in [
        (format!("fieldsToTransform: {{email: {{newName: EMail, {USER}}}}}"), "id,email\n1,al@b", "id,email\n1,al"),
        (
            format!("fieldsToTransform: {{x: {{newName: u, sourceColumn: email, {USER}}}}}"),
            "id,email\n1,al@b",
            "id,email,u\n1,al@b,al",
        ),
        (
            format!("columnsToRename: {{email: u}}, fieldsToTransform: {{email: {{newName: u, {USER}}}}}"),
            "id,email\n1,al@b",
            "id,u\n1,al",
        ),
        (
            format!("columnsToRename: {{email: z}}, fieldsToTransform: {{email: {{newName: u, {USER}}}}}"),
            "email,id\nal@b,1",
            "z,id,u\nal@b,1,al",
        ),
        (
            format!("fieldsToTransform: {{email: {{newName: u, {USER}}}}}, columnsToPseudonymize: [u]"),
            "email\n1@b\n1",
            "email,u\n1@b,<1>\n1,",
        ),
        (
            format!("fieldsToTransform: {{email: {{newName: u, {USER}}}}}, columnsToPseudonymizeIfPresent: [u]"),
            "email\n1@b",
            "email,u\n1@b,<1>",
        ),
        (
            format!("fieldsToTransform: {{email: {{newName: email, {USER}}}}}, columnsToPseudonymize: [email]"),
            "email\n1@b",
            "email\n<1>",
        ),
        (
            "fieldsToTransform: {email: {newName: u, transforms: [{filter: '(.*)@.*'}, {pseudonymize: true}]}}, columnsToPseudonymize: [email, u]"
                .to_owned(),
            "email\n1@b\n2@b",
            "email,u\n",
        ),
    ] {
        let out = run(&format!("{{pseudonymFormat: URL_SAFE_HASH_ONLY, {yaml}}}"), file);
        if expected.ends_with('\n') {
            // Hashed once, and never clear.
            assert!(out.ends_with(",<2>") && out.contains(",<1>\n") && !out.contains('@'), "{out}");
        } else {
            assert_eq!(out, expected, "{yaml}");
        }
    }
}

#[test]
fn cells_say_what_became_of_them() {
    let yaml = "
fieldsToTransform:
  a: {newName: up, transforms: [{javaRegExpReplace: {regExp: x, replace: y}}]}
  b: {newName: token, transforms: [{filter: '(.*)!'}, {pseudonymize: true}, {formatString: 'u-%s'}]}
columnsToPseudonymize: [c]
";
    let columns = rules(yaml).bind(&["a", "b", "c"]).unwrap();
    let told = |name: &str, value: &str| {
        let column = columns.all().iter().find(|column| column.name == name).unwrap();
        column.cell(value, keys(), &mut String::new()).unwrap()
    };
    for (name, value, expected) in [
        ("a", "x", Cell::Kept),
        ("up", "x", Cell::Rewritten),
        ("up", "z", Cell::Kept),
        ("token", "x!", Cell::Pseudonym),
        ("token", "x", Cell::Nothing),
        ("c", "x", Cell::Pseudonym),
        ("c", " \u{2003}", Cell::Nothing),
    ] {
        assert_eq!(told(name, value), expected, "{name} of {value}");
    }
    assert_eq!(columns.touched(), 3);
    assert_eq!(rules("columnsToRedact: [b]").bind(&["a", "b", "c"]).unwrap().touched(), 1);
    assert_eq!(rules("columnsToRename: {b: z}").bind(&["a", "b", "c"]).unwrap().touched(), 1);
    assert_eq!(rules("columnsToInclude: [b]").bind(&["a", "b", "c"]).unwrap().touched(), 2);
}

#[test]
fn a_missing_key_leaves_nothing_behind() {
    use vizard_pseudonym::{EmailDomainHandling, KeyMaterial, Settings};
    let settings = Settings { email_domain_handling: EmailDomainHandling::Encrypt, ..Settings::default() };
    let keys = Pseudonymizer::new(&KeyMaterial::salted("salt"), settings);
    for format in FORMATS {
        let yaml = format!("{{pseudonymFormat: {format}, columnsToPseudonymize: [a]}}");
        let columns = rules(&yaml).bind(&["a"]).unwrap();
        let mut out = "before".to_owned();
        let made = columns.all()[0].cell("alice@acme.com", &keys, &mut out);
        match format {
            "URL_SAFE_HASH_ONLY" => assert_eq!(made, Ok(Cell::Pseudonym)),
            _ => assert_eq!((made.is_err(), out.as_str()), (true, "before")),
        }
    }
}

#[test]
fn says_nothing_of_headers() {
    let columns = rules("columnsToRedact: [b]").bind(&["Nora Quill", "b"]).unwrap();
    assert!(!format!("{columns:?}").contains("Nora"));
}

#[test]
fn knows_pseudonyms_of_what_leaves_in_clear() {
    let steps = "transforms: [{filter: '(.*)@.*'}, {pseudonymize: true}]";
    for (more, expected) in [
        ("", "u of email"),
        (", columnsToPseudonymize: [email]", ""),
        (", columnsToRename: {email: mail}", "u of email"),
        (", columnsToRename: {email: mail}, columnsToPseudonymize: [mail]", ""),
    ] {
        let rules = rules(&format!("{{fieldsToTransform: {{email: {{newName: u, {steps}}}}}{more}}}"));
        let found = rules.clear_beside_pseudonyms().map(|(_, new, old)| format!("{new} of {old}"));
        assert_eq!(found.collect::<Vec<_>>().join(", "), expected, "{more}");
    }
    let replaced = rules(&format!("{{fieldsToTransform: {{email: {{newName: email, {steps}}}}}}}"));
    assert_eq!(replaced.clear_beside_pseudonyms().count(), 0);
}

/// What is said of rules that contradict themselves, as `CODE LINE`, errors with a mark.
fn told(yaml: &str) -> String {
    let found = BulkRules::load("r", yaml).map_or_else(|problems| problems, |loaded| loaded.warnings);
    let told = found.iter().map(|one| {
        let mark = if one.severity == crate::Severity::Error { "!" } else { "" };
        format!("{}{mark} {}", one.code, one.place.line)
    });
    told.collect::<Vec<_>>().join(", ")
}

#[test]
fn contradictions_are_told_before_there_is_a_file() {
    for (yaml, expected) in [
        // What is redacted or left out does not leave under another name.
        ("columnsToRedact: [a]\ncolumnsToRename: {A: b}", "redacted-column-used! 2"),
        ("columnsToRedact: [a]\ncolumnsToDuplicate: {a: b}", "redacted-column-used! 2"),
        ("columnsToRedactIfPresent: [a]\ncolumnsToDuplicate: {a: b}", "redacted-column-used! 2"),
        (
            "columnsToRedact: [a]\nfieldsToTransform:\n  a: {newName: b, transforms: []}",
            "redacted-column-used! 3",
        ),
        (
            "columnsToRedact: [a]\nfieldsToTransform:\n  a: {newName: a, transforms: []}",
            "redacted-column-used! 3",
        ),
        ("columnsToInclude: [b]\ncolumnsToRename: {a: c}", "column-not-included! 2"),
        ("columnsToInclude: [b]\ncolumnsToPseudonymize: [a]", "column-not-included! 2"),
        ("columnsToInclude: [b]\ncolumnsToPseudonymizeIfPresent: [a]", "column-not-included 2"),
        (
            "columnsToInclude: []\nfieldsToTransform:\n  a: {newName: b, transforms: []}",
            "column-not-included! 3",
        ),
        ("columnsToInclude: [a]\ncolumnsToRename: {a: b}\ncolumnsToPseudonymize: [b]", ""),
        ("columnsToRename: {a: b}\ncolumnsToRedact: [b]", "redacts-new-name! 2"),
        ("columnsToRedact: [a]\ncolumnsToPseudonymize: [a]", "redacted-and-pseudonymized! 2"),
        ("columnsToRedact: [a]\ncolumnsToPseudonymizeIfPresent: [a]", "redacted-and-pseudonymized 2"),
        ("columnsToRedact: [a]\ncolumnsToInclude: [a, b]", "redacted-and-included 1"),
        // What is pseudonymized does not leave in clear.
        ("columnsToDuplicate: {a: b}\ncolumnsToPseudonymize: [a]", "clear-copy! 1"),
        ("columnsToDuplicate: {a: b}\ncolumnsToPseudonymizeIfPresent: [a]", "clear-copy! 1"),
        ("columnsToDuplicate: {a: b}\ncolumnsToPseudonymize: [b]", "clear-copy! 1"),
        ("columnsToDuplicate: {a: b}\ncolumnsToRename: {a: c}\ncolumnsToPseudonymize: [b]", "clear-copy! 1"),
        ("columnsToDuplicate: {a: b}\ncolumnsToRename: {a: c}\ncolumnsToPseudonymize: [c]", "clear-copy! 1"),
        ("columnsToDuplicate: {a: b}\ncolumnsToPseudonymize: [a, b]", ""),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [filter: x]}\ncolumnsToPseudonymize: [a]",
            "clear-transform! 2",
        ),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: []}\ncolumnsToPseudonymize: [b]",
            "clear-copy! 2",
        ),
        ("fieldsToTransform:\n  a: {newName: b, transforms: [pseudonymize: true]}", "clear-copy! 2"),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [pseudonymize: true]}\ncolumnsToPseudonymize: [a]",
            "",
        ),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [{filter: x}, {pseudonymize: true}]}\ncolumnsToPseudonymize: [a]",
            "",
        ),
        ("fieldsToTransform:\n  a: {newName: a, transforms: [{filter: x}, {pseudonymize: true}]}", ""),
        (
            "fieldsToTransform:\n  a: {newName: a, transforms: [filter: x]}\n  x: {sourceColumn: a, newName: b, transforms: [pseudonymize: true]}",
            "",
        ),
        // Names that would mean two things.
        ("columnsToRename: {a: c, b: C}", "column-made-twice! 1"),
        ("columnsToRename: {a: b, b: c}\ncolumnsToPseudonymize: [b]", "both-pseudonymized 2"),
        ("columnsToRename: {a: b}\ncolumnsToDuplicate: {a: b}", ""),
        (
            "fieldsToTransform:\n  x: {sourceColumn: a, newName: b, transforms: []}\n  y: {sourceColumn: a, newName: b, transforms: []}",
            "column-made-twice! 3",
        ),
        (
            "columnsToRename: {a: b}\nfieldsToTransform:\n  b: {newName: c, transforms: []}",
            "reads-new-name! 3",
        ),
        ("columnsToRename: {a: b, b: c}\nfieldsToTransform:\n  b: {newName: d, transforms: []}", ""),
        ("columnsToDuplicate: {a: b, b: c}", "reads-new-name! 1"),
        ("columnsToRename: {a: b, ' A': c}", "duplicate-key! 1"),
        ("columnsToRename: {a: A}", "rename-without-effect 1"),
        // Blank names.
        ("columnsToRedact: ['']", "blank-column! 1"),
        ("columnsToRename: {a: }", "blank-column! 1"),
        ("columnsToDuplicate: {' ': b}", "blank-column! 1"),
        ("columnsToInclude: [\"\\u00a0\"]", "blank-column! 1"),
        ("fieldsToTransform:\n  a: {newName: '', transforms: []}", "blank-column! 2"),
        // Steps.
        ("fieldsToTransform:\n  a: {transforms: []}", "missing-key! 2"),
        ("fieldsToTransform:\n  a: {newName: b}", "missing-key! 2"),
        ("fieldsToTransform:\n  a: {newName: b, transforms: [filter: '(']}", "regex! 2"),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [{filter: a, pseudonymize: true}]}",
            "column-transform-keys! 2",
        ),
        ("fieldsToTransform:\n  a: {newName: b, transforms: [filtr: a]}", "unknown-transform! 2"),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [pseudonymizeWithScope: x]}",
            "unknown-transform! 2",
        ),
        ("fieldsToTransform:\n  a: {newName: b, transforms: [pseudonymize: maybe]}", "wrong-kind! 2"),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [formatString: '%s-%s']}",
            "format-string-invalid! 2",
        ),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [formatString: '%d']}",
            "format-string-invalid! 2",
        ),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [formatString: '5%']}",
            "format-string-invalid! 2",
        ),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [javaRegExpReplace: {regExp: a}]}",
            "missing-key! 2",
        ),
        (
            "fieldsToTransform:\n  a: {newName: b, transforms: [javaRegExpReplace: {regExp: a, replace: $1}]}",
            "replacement-invalid! 2",
        ),
        // The rest.
        ("pseudonymFormat: token", "unknown-encoding! 1"),
        ("delimiter: \"a\\rb\"", "delimiter-invalid! 1"),
        ("delimiter: '\"'", "delimiter-invalid! 1"),
        ("delimiter: '\\t'", "delimiter-invalid! 1"),
        ("delimiter: '-----------------'", "delimiter-invalid! 1"),
    ] {
        assert_eq!(told(yaml), expected, "{yaml}");
    }
}
