//! `fileRules`: rules by the path of a file. The first template that matches a path as a whole has the file.

use super::kind::{FILE_RULES, RuleKind};
use super::template::Template;
use super::{FileRules, kind, read_one};
use crate::diagnostic::{Place, Report, Spanned};
use crate::node::{Fields, Node};

/// Rules by path.
#[derive(Debug)]
pub(super) struct ByPath {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    template: Template,
    /// As written; that of a nested one stands after the outer one's.
    written: String,
    place: Place,
    then: Then,
}

/// What is done with a file whose path matches.
#[derive(Debug)]
enum Then {
    Sanitize(Box<FileRules>),
    /// What the last parameter holds decides.
    Ask(ByPath),
}

impl ByPath {
    /// Reads the rules, which may be nested once; problems go to the report.
    pub(super) fn read(node: Node, outer: Option<&str>, report: &mut Report) -> Option<ByPath> {
        let what = if outer.is_some() { "nested rules by path" } else { "rules by path" };
        let mut fields = Fields::open(node, what, report)?;
        let place = fields.key_place(FILE_RULES).unwrap_or(fields.place);
        let entries = fields.map(FILE_RULES, report).unwrap_or_default();
        fields.close(report);
        if entries.is_empty() {
            report
                .error("no-bulk-rules", place, "no file has rules")
                .suggest("list a template of paths with the rules of its files");
            return None;
        }
        let count = entries.len();
        let rules = entries.into_iter().filter_map(|(key, node)| Rule::read(&key, node, outer, report));
        let rules = ByPath { rules: rules.collect() };
        rules.report_unreachable(report);
        (rules.rules.len() == count).then_some(rules)
    }

    /// Later templates of which every path is taken.
    fn report_unreachable(&self, report: &mut Report) {
        for (at, later) in self.rules.iter().enumerate().take(MOST_COMPARED) {
            if let Some(first) = self.rules[..at].iter().find(|first| first.template.covers(&later.template))
            {
                let message = format!("`{}` has every file of this template", first.written);
                report
                    .warning("file-template-unreachable", later.place, message)
                    .suggest("move the narrower template up");
            }
        }
    }

    pub(super) fn find(&self, path: &str) -> Option<&FileRules> {
        let found = self.rules.iter().find_map(|rule| Some((rule, rule.template.find(path)?)));
        let (rule, last) = found?;
        match &rule.then {
            Then::Sanitize(rules) => Some(rules),
            Then::Ask(nested) => nested.find(last),
        }
    }

    /// All rules with their templates, in order.
    pub(super) fn all(&self) -> Vec<(&str, &FileRules)> {
        let mut all = Vec::new();
        for rule in &self.rules {
            match &rule.then {
                Then::Sanitize(rules) => all.push((rule.written.as_str(), &**rules)),
                Then::Ask(nested) => all.extend(nested.all()),
            }
        }
        all
    }
}

/// Templates beyond these are not compared with those before them.
const MOST_COMPARED: usize = 1_000;

impl Rule {
    fn read(key: &Spanned<String>, mut node: Node, outer: Option<&str>, report: &mut Report) -> Option<Rule> {
        let template = Template::read(&key.value).map_err(|mistake| {
            report.error("file-template-invalid", key.place, mistake.message).suggest(mistake.suggestion);
        });
        let template = template.ok();
        if outer.is_some() && template.as_ref().is_some_and(|template| !template.is_one_segment()) {
            report
                .error(
                    "file-template-invalid",
                    key.place,
                    "a nested template is for what one parameter holds, which has no slash in it",
                )
                .suggest("write the whole path into one template, without nesting");
        }
        let written = match outer {
            Some(outer) => format!("{outer}: {}", key.value),
            None => key.value.clone(),
        };
        let then = match kind::tell(&mut node, report)? {
            RuleKind::FileRules if outer.is_some() => {
                report
                    .error("nested-too-deep", key.place, "rules by path can be nested once")
                    .suggest("write the whole path into one template");
                return None;
            }
            RuleKind::FileRules => {
                if template.as_ref().is_some_and(|template| !template.has_parameter()) {
                    report
                        .error(
                            "file-template-invalid",
                            key.place,
                            "nothing varies here that nested rules could ask",
                        )
                        .suggest("nested templates are for what the last parameter of the outer one holds");
                }
                Then::Ask(ByPath::read(node, Some(&key.value), report)?)
            }
            kind @ (RuleKind::Columnar | RuleKind::Record) => {
                Then::Sanitize(Box::new(read_one(node, kind, report)?))
            }
        };
        Some(Rule { template: template?, written, place: key.place, then })
    }
}
