//! Which paths an endpoint answers: a template on the path, or a regex on path and query.

use super::path::{self, Path};
use super::sample;
use super::template::Template;
use crate::diagnostic::{Report, Spanned};
use crate::doc;
use crate::regex::{Groups, Pattern};
use std::borrow::Cow;

/// The compiled `pathTemplate` or `pathRegex` of one endpoint.
pub(super) struct Route {
    /// Named groups, by number.
    names: Vec<(usize, String)>,
    written: Written,
}

enum Written {
    Template(Template),
    Regex {
        pattern: Pattern,
        source: String,
        /// A template stands beside it: then the path alone must match as well.
        path_alone: bool,
    },
}

impl Route {
    pub(super) fn compile(endpoint: &doc::Endpoint, report: &mut Report) -> Option<Route> {
        match (&endpoint.path_regex, &endpoint.path_template) {
            (Some(regex), template) => {
                if let Some(template) = template {
                    report
                        .warning(
                            "path-template-ignored",
                            template.place,
                            "`pathRegex` takes precedence over `pathTemplate`",
                        )
                        .suggest("keep one of the two");
                }
                Self::regex(regex, template.is_some(), report)
            }
            (None, Some(template)) => Self::template(template, report),
            (None, None) => {
                report
                    .error("endpoint-without-path", endpoint.place, "the endpoint says no path")
                    .suggest("add `pathTemplate`, such as `/v2/users/{userId}`");
                None
            }
        }
    }

    fn regex(written: &Spanned<String>, path_alone: bool, report: &mut Report) -> Option<Route> {
        match report.patterns.whole_ignore_case(&written.value) {
            Ok(pattern) => {
                let names = pattern.names();
                report_encoded(written, report);
                let source = written.value.clone();
                Some(Route { names, written: Written::Regex { pattern, source, path_alone } })
            }
            Err(why) => {
                report.error(
                    "path-regex-invalid",
                    written.place,
                    format!("the regex does not compile: {why}"),
                );
                None
            }
        }
    }

    fn template(written: &Spanned<String>, report: &mut Report) -> Option<Route> {
        let template = match Template::parse(&written.value) {
            Ok(template) => template,
            Err(mistake) => {
                report
                    .error("path-template-invalid", written.place, mistake.message)
                    .suggest(mistake.suggestion);
                return None;
            }
        };
        if let Some(why) = template.never_matches() {
            report.warning(
                "endpoint-unreachable",
                written.place,
                format!("the template can never match: {why}"),
            );
        }
        let names = template.names().enumerate().map(|(i, name)| (i + 1, name.to_owned())).collect();
        Some(Route { names, written: Written::Template(template) })
    }

    /// The number of the group that a schema for this name constrains.
    pub(super) fn group(&self, name: &str) -> Option<usize> {
        self.names.iter().find(|(_, known)| known == name).map(|(group, _)| *group)
    }

    pub(super) fn names(&self) -> Vec<&str> {
        self.names.iter().map(|(_, name)| name.as_str()).collect()
    }

    /// The spelling of the call that matches, if one does. `query` is in its canonical spelling.
    pub(super) fn find<'p>(&self, path: &'p Path, query: Option<&str>) -> Option<Cow<'p, str>> {
        match &self.written {
            Written::Template(template) => template.find(path.text()).map(|_| path.text().into()),
            Written::Regex { pattern, path_alone, .. } => {
                let spellings = std::iter::once(path.text()).chain(path.stand_in());
                spellings
                    .map(|text| match query {
                        Some(query) => (text, Cow::Owned(format!("{text}?{query}"))),
                        None => (text, Cow::Borrowed(text)),
                    })
                    .find(|(text, subject)| {
                        pattern.is_match(subject)
                            && (!path_alone || query.is_none() || pattern.is_match(text))
                    })
                    .map(|(_, subject)| subject)
            }
        }
    }

    /// The groups of a subject that [`Route::find`] returned; `None`: the regex gave up.
    pub(super) fn groups(&self, subject: &str) -> Option<Groups> {
        match &self.written {
            Written::Template(template) => template.find(subject).map(|found| Groups::around(subject, found)),
            Written::Regex { pattern, .. } => pattern.captures(subject).ok().flatten(),
        }
    }

    /// The template, where misspelled paths can be compared with it.
    pub(super) fn is_template(&self) -> bool {
        matches!(self.written, Written::Template(_))
    }

    /// Paths, some with a query, that this route answers; empty when none can be made up.
    /// `values` are those that the schema of a parameter accepts, if it has one.
    pub(super) fn samples<'v>(&self, values: impl Fn(&str) -> Option<Vec<&'v str>>) -> Vec<String> {
        match &self.written {
            Written::Regex { source, .. } => sample::of_regex_with(source, &values),
            Written::Template(template) => {
                let any = || vec!["x1", "a-b.c", "12"];
                let choices: Vec<Vec<&str>> =
                    template.names().map(|name| values(name).unwrap_or_else(any)).collect();
                let longest = choices.iter().map(Vec::len).max().unwrap_or(1);
                let filled = |i: usize| {
                    let mut choices = choices.iter();
                    template.sample(|_| {
                        let values = choices.next().map_or(&[][..], Vec::as_slice);
                        values.get(i % values.len().max(1)).copied().unwrap_or_default()
                    })
                };
                (0..longest).map(filled).collect()
            }
        }
    }

    /// Whether both are the same text, letters compared in either case.
    pub(super) fn same_text(&self, other: &Route) -> bool {
        match (&self.written, &other.written) {
            (Written::Template(one), Written::Template(other)) => one.is_like(other),
            (Written::Regex { source: one, .. }, Written::Regex { source: other, .. }) => one == other,
            _ => false,
        }
    }
}

/// Paths are matched with `@` and the like in clear, so a regex that spells them encoded matches nothing.
fn report_encoded(written: &Spanned<String>, report: &mut Report) {
    for (at, _) in written.value.match_indices('%') {
        let Some(encoded) = written.value.get(at..at + 3) else { continue };
        // `+` and `=` are encoded in meeting UUIDs.
        if let Some(clear) = path::spell(encoded).filter(|it| it.len() == 1 && it != "+" && it != "=") {
            let message = format!("`{encoded}` does not occur: paths are matched with `{clear}` in clear");
            report.warning("path-regex-encoded", written.place, message).suggest(format!("write `{clear}`"));
        }
    }
}
