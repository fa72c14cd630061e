//! What columnar rules say that cannot all be meant: found in the rules alone, before there is a file.
//!
//! Redaction and pseudonymization follow the data. Where another key would carry the same data out in clear, the
//! author has to say which of the two is meant.

use std::collections::{HashMap, HashSet};

use super::Columnar;
use super::made::{How, Made};
use super::name::Name;
use crate::diagnostic::Report;

/// Reports every contradiction.
pub(super) fn report_all(rules: &Columnar, report: &mut Report) {
    let known = Known::new(rules);
    names_made_twice(&rules.made, report);
    rules.made.iter().for_each(|made| known.source(made, report));
    rules.redact.iter().chain(&rules.redact_if_present).for_each(|name| known.redaction(name, report));
    rules.pseudonymize.iter().for_each(|name| known.pseudonym(name, true, report));
    rules.pseudonymize_if_present.iter().for_each(|name| known.pseudonym(name, false, report));
    known.clear_copies(report);
}

/// Columns of pseudonyms that steps made of a part of what leaves in clear beside them.
pub(super) fn clear_beside_pseudonyms(rules: &Columnar) -> Vec<&Made> {
    let known = Known::new(rules);
    let sources = known.sources();
    let is_one = |made: &&Made| {
        let is_pseudonym = known.is_pseudonymized(&made.name) || made.pseudonymizes();
        is_pseudonym && sources.get(made.source.folded.as_str()).is_some_and(|source| source.leaves_clear)
    };
    rules.made.iter().filter(is_one).collect()
}

fn set<'r>(names: impl Iterator<Item = &'r Name>) -> HashSet<&'r str> {
    names.map(|name| name.folded.as_str()).collect()
}

/// By their names; not those that replace what they are made of.
fn made_of_others(all: &[Made]) -> HashMap<&str, &Made> {
    all.iter().filter(|made| !made.replaces()).map(|made| (made.name.folded.as_str(), made)).collect()
}

fn names_made_twice(all: &[Made], report: &mut Report) {
    let mut first: HashMap<&str, &Made> = HashMap::new();
    for made in all {
        let before = *first.entry(&made.name.folded).or_insert(made);
        let both_transform = matches!((&before.how, &made.how), (How::Transform(_), How::Transform(_)));
        if before.source.folded != made.source.folded || both_transform && !std::ptr::eq(before, made) {
            report
                .error("column-made-twice", made.name.place, format!("`{}` is made twice", made.name.written))
                .suggest("give each column that is made its own name");
        }
    }
}

/// The rules, and their names at hand.
struct Known<'r> {
    rules: &'r Columnar,
    redacted: HashSet<&'r str>,
    included: Option<HashSet<&'r str>>,
    pseudonymized: HashSet<&'r str>,
    renamed: HashSet<&'r str>,
    made: HashMap<&'r str, &'r Made>,
}

impl<'r> Known<'r> {
    fn new(rules: &'r Columnar) -> Known<'r> {
        Known {
            rules,
            redacted: set(rules.redact.iter().chain(&rules.redact_if_present)),
            included: rules.include.as_ref().map(|names| set(names.iter())),
            pseudonymized: set(rules.pseudonymize.iter().chain(&rules.pseudonymize_if_present)),
            renamed: set(rules.made.iter().filter(|made| made.is_rename()).map(|made| &made.source)),
            made: made_of_others(&rules.made),
        }
    }

    fn is_redacted(&self, name: &Name) -> bool {
        self.redacted.contains(name.folded.as_str())
    }

    fn is_left_out(&self, name: &Name) -> bool {
        self.included.as_ref().is_some_and(|included| !included.contains(name.folded.as_str()))
    }

    fn is_pseudonymized(&self, name: &Name) -> bool {
        self.pseudonymized.contains(name.folded.as_str())
    }

    fn is_renamed(&self, name: &Name) -> bool {
        self.renamed.contains(name.folded.as_str())
    }

    /// What a column is made of.
    fn source(&self, made: &Made, report: &mut Report) {
        let (source, key) = (&made.source, made.how.key());
        let (old, new) = (&source.written, &made.name.written);
        if self.made.contains_key(source.folded.as_str()) && !self.is_renamed(source) {
            let message =
                format!("`{old}` is made by these rules, and `{key}` reads the columns of the file");
            report
                .error("reads-new-name", source.place, message)
                .suggest("name the column of the file that it is made of");
        } else if self.is_redacted(source) {
            let message = format!("`{old}` is redacted, and `{key}` would let it leave as `{new}`");
            report.error("redacted-column-used", source.place, message).suggest("remove one of the two");
        } else if self.is_left_out(source) {
            self.left_out(source, &format!("`{key}` would let it leave as `{new}`"), report);
        }
    }

    fn left_out(&self, name: &Name, why: &str, report: &mut Report) {
        report
            .error(
                "column-not-included",
                name.place,
                format!("`{}` is not in `columnsToInclude`, and {why}", name.written),
            )
            .suggest("include it by its name in the file, or remove it here");
    }

    fn redaction(&self, name: &Name, report: &mut Report) {
        if let Some(made) = self.made.get(name.folded.as_str()) {
            let (old, new) = (&made.source.written, &name.written);
            let message =
                format!("`{new}` is made of `{old}`, and columns are redacted by their names in the file");
            report
                .error("redacts-new-name", name.place, message)
                .suggest(format!("redact `{old}` and do not use it otherwise, or choose another new name"));
        } else if self.included.as_ref().is_some_and(|included| included.contains(name.folded.as_str())) {
            let message = format!("`{}` is included as well as redacted; it does not leave", name.written);
            report.warning("redacted-and-included", name.place, message);
        }
    }

    /// What is to be pseudonymized and does not leave, and names that mean two columns.
    fn pseudonym(&self, name: &Name, always: bool, report: &mut Report) {
        let written = &name.written;
        if self.made.contains_key(name.folded.as_str()) {
            if self.is_renamed(name) {
                let message = format!(
                    "`{written}` is the new name of one column and the old name of another; both are pseudonymized"
                );
                report.warning("both-pseudonymized", name.place, message);
            }
        } else if self.is_redacted(name) {
            let message = format!("`{written}` is redacted as well as pseudonymized");
            if always {
                report
                    .error("redacted-and-pseudonymized", name.place, message)
                    .suggest("keep the one that is meant");
            } else {
                let message = message + "; it does not leave";
                report.warning("redacted-and-pseudonymized", name.place, message);
            }
        } else if self.is_left_out(name) {
            if always {
                self.left_out(name, "it is to be pseudonymized", report);
            } else {
                let message = format!("`{written}` is not in `columnsToInclude`, so it does not leave");
                report.warning("column-not-included", name.place, message);
            }
        }
    }

    /// The same data in clear and as a pseudonym.
    fn clear_copies(&self, report: &mut Report) {
        let sources = self.sources();
        for made in &self.rules.made {
            let (old, new) = (&made.source.written, &made.name.written);
            let source = &sources[made.source.folded.as_str()];
            let leaves_clear = !self.is_pseudonymized(&made.name) && !made.pseudonymizes();
            match &made.how {
                How::Duplicate if source.is_pseudonymized && leaves_clear => report
                    .error(
                        "clear-copy",
                        made.name.place,
                        format!("`{old}` is pseudonymized, and its copy `{new}` would leave in clear"),
                    )
                    .suggest(format!("list `{new}` in `columnsToPseudonymize` too, or do not copy")),
                How::Transform(_) if source.is_pseudonymized && leaves_clear => report
                    .error(
                        "clear-transform",
                        made.name.place,
                        format!(
                            "`{old}` is pseudonymized, and `{new}`, which is made of it, would leave in clear"
                        ),
                    )
                    .suggest("end its `transforms` with `- pseudonymize: true`"),
                How::Duplicate | How::Transform(_) if source.leaves_clear && self.is_its_pseudonym(made) => {
                    report
                        .error(
                            "clear-copy",
                            made.name.place,
                            format!(
                                "`{new}` is the pseudonym of `{old}`, which would leave in clear beside it"
                            ),
                        )
                        .suggest(format!(
                            "list `{old}` in `columnsToPseudonymize` too, or give the pseudonym its name"
                        ))
                }
                How::Duplicate | How::Transform(_) | How::Rename => {}
            }
        }
    }

    /// Whether it holds pseudonyms of what stands in its source.
    fn is_its_pseudonym(&self, made: &Made) -> bool {
        made.only_pseudonymizes() || made.is_copy() && self.is_pseudonymized(&made.name)
    }

    /// What becomes of the columns that others are made of.
    fn sources(&self) -> HashMap<&'r str, Source> {
        let mut sources: HashMap<&str, Source> = HashMap::new();
        for made in &self.rules.made {
            let source = sources.entry(&made.source.folded).or_insert_with(|| Source {
                is_pseudonymized: self.is_pseudonymized(&made.source),
                leaves_clear: !self.is_renamed(&made.source),
            });
            source.is_pseudonymized |= made.is_rename() && self.is_pseudonymized(&made.name);
        }
        for made in self.rules.made.iter().filter(|made| made.replaces()) {
            if let Some(source) = sources.get_mut(made.source.folded.as_str()) {
                source.leaves_clear = false;
            }
        }
        for made in &self.rules.made {
            if let Some(source) = sources.get_mut(made.source.folded.as_str()) {
                source.leaves_clear |= made.is_copy() && !self.is_pseudonymized(&made.name);
                source.leaves_clear &= !source.is_pseudonymized;
            }
        }
        sources
    }
}

/// What becomes of a column that others are made of.
struct Source {
    /// Under its name in the file, or under the one that replaces that.
    is_pseudonymized: bool,
    /// Under any name.
    leaves_clear: bool,
}
