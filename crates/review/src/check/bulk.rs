//! What is asked about rules for files: what leaves that nobody named.

use vizard_sanitizer::bulk::{BulkRules, FileRules};

use super::found::{File, Found};
use super::{finding, settle, suppress};
use crate::finding::Finding;

/// Everything there is to say about a rule file for files, by place. What the author gave a reason for is among it.
///
/// ```
/// let rules = "columnsToPseudonymize: [email]\n";
/// let found = vizard_review::check::bulk::check("rules.yaml", rules);
/// let codes: Vec<&str> = found.iter().map(|it| it.code).collect();
/// assert_eq!(codes, ["columns-not-listed"]);
/// ```
pub fn check(name: &str, text: &str) -> Vec<Finding> {
    let mut found = Found::new(File::Rules);
    match BulkRules::load(name, text) {
        Ok(loaded) => {
            let suppressions = suppress::read(text, &mut found);
            loaded.warnings.iter().for_each(|it| found.loader(it));
            lint(&loaded.rules, &mut found);
            settle::settle(suppressions, &settle::Lines::none(), &mut found);
        }
        Err(problems) => problems.iter().for_each(|it| found.loader(it)),
    }
    found.all.sort_by(|a, b| (a.place, a.code, &a.message).cmp(&(b.place, b.code, &b.message)));
    found.all.into_iter().map(|raw| finding(raw, name.to_owned(), &[], "")).collect()
}

fn lint(rules: &BulkRules, found: &mut Found) {
    for (template, rules) in rules.files() {
        let FileRules::Columnar(columns) = rules else { continue };
        if !columns.names_all() {
            let of = template.map(|it| format!(" of `{it}`")).unwrap_or_default();
            let message = format!("every column{of} that these rules do not name leaves as it is");
            found
                .at("columns-not-listed", columns.place(), message)
                .help("list in `columnsToInclude` what may leave, or give a reason why all may");
        }
        for (place, new, old) in columns.clear_beside_pseudonyms() {
            let message =
                format!("`{new}` is a pseudonym of a part of `{old}`, which leaves in clear beside it");
            found
                .at("clear-beside-pseudonym", place, message)
                .help(format!("list `{old}` in `columnsToPseudonymize`, or replace it with the pseudonym"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes that count, with a mark where a reason was given.
    fn told(text: &str) -> String {
        let of = |it: &Finding| format!("{}{}", if it.suppressed.is_some() { "~" } else { "" }, it.code);
        check("r", text).iter().map(of).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn asks_what_leaves_unnamed() {
        const USER: &str = "{newName: user, transforms: [{filter: '(.*)@.*'}, {pseudonymize: true}]}";
        let beside = format!("columnsToInclude: [email]\nfieldsToTransform:\n  email: {USER}\n");
        for (text, expected) in [
            ("columnsToRedact: [phone]\n", "columns-not-listed"),
            ("columnsToInclude: [team]\n", ""),
            (
                "# vizard:allow-file columns-not-listed because the survey asks nothing personal\ncolumnsToRedact: [phone]\n",
                "~columns-not-listed",
            ),
            (
                "columnsToRedact: [phone] # vizard:allow columns-not-listed because nothing else is personal\n",
                "~columns-not-listed",
            ),
            (
                "# vizard:allow-file any-query because it was copied from elsewhere\ncolumnsToInclude: [a]\n",
                "suppression-unused",
            ),
            (&beside, "clear-beside-pseudonym"),
            (&format!("{beside}columnsToPseudonymize: [email]\n"), ""),
            (
                "fileRules:\n  a.csv: {columnsToRedact: [a]}\n  b.csv: {columnsToInclude: [a]}\n",
                "columns-not-listed",
            ),
            ("transforms: [redact: note]\n", ""),
            ("columnsToRedact: [a]\ncolumnsToRename: {a: b}\n", "redacted-column-used"),
            ("columnsToRename: {a: A}\ncolumnsToInclude: [a]\n", "rename-without-effect"),
        ] {
            assert_eq!(told(text), expected, "{text}");
        }
    }
}
