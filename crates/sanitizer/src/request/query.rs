//! The query: read once, judged by name and value, written again from what was read.

use super::parameter::Parameter;
use super::percent;
use super::refusal::{Check, Refusal};
use crate::diagnostic::{Report, nearest};
use crate::doc;

const MAX_QUERY: usize = 8192;

/// A query or form as pairs, in order.
#[derive(Clone, Default)]
pub(super) struct Query {
    pub(super) pairs: Vec<Pair>,
}

/// One `name=value`, decoded. `name` alone has no value, `name=` has an empty one.
#[derive(Clone)]
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: Option<String>,
}

impl Query {
    /// Reads a query as the reference does: `&` and `;` separate, `+` is a space, `%zz` is kept, pairs
    /// without a name are skipped.
    pub(super) fn read(raw: Option<&str>) -> Result<Query, Refusal> {
        let raw = raw.unwrap_or_default();
        if raw.len() > MAX_QUERY {
            return Err(Refusal::of(Check::QueryTooLong));
        }
        Self::split(raw, &['&', ';']).ok_or(Refusal::of(Check::QueryMalformed))
    }

    /// Reads pairs between the given separators. `None`: not UTF-8.
    pub(super) fn split(raw: &str, separators: &[char]) -> Option<Query> {
        let mut pairs = Vec::new();
        for pair in raw.split(separators) {
            let (name, value) = match pair.split_once('=') {
                Some((name, value)) => (name, Some(percent::decode_form(value)?)),
                None => (pair, None),
            };
            let name = percent::decode_form(name)?;
            if !name.is_empty() {
                pairs.push(Pair { name, value });
            }
        }
        Some(Query { pairs })
    }

    /// The one spelling of this query; `None` when it is empty.
    pub(super) fn text(&self) -> Option<String> {
        let text: Vec<String> = self.pairs.iter().map(Pair::text).collect();
        (!text.is_empty()).then(|| text.join("&"))
    }
}

impl Pair {
    /// The one spelling of this pair.
    pub(super) fn text(&self) -> String {
        match &self.value {
            Some(value) => format!("{}={}", percent::query_name(&self.name), percent::query_value(value)),
            None => percent::query_name(&self.name),
        }
    }
}

/// Which parameters an endpoint lets through. Names are in lower case here.
pub(super) struct QueryRule {
    /// `None`: any.
    allowed: Option<Vec<Listed>>,
    schemas: Vec<(Listed, Parameter)>,
}

/// A name as the rules have it and as it is compared.
struct Listed {
    written: String,
    lower: String,
}

impl Listed {
    fn new(written: &str) -> Listed {
        Listed { written: written.to_owned(), lower: written.to_ascii_lowercase() }
    }
}

impl QueryRule {
    pub(super) fn compile(endpoint: &doc::Endpoint, report: &mut Report) -> QueryRule {
        let allowed: Option<Vec<Listed>> = endpoint
            .allowed_query_params
            .as_ref()
            .map(|names| names.iter().map(|name| Listed::new(&name.value)).collect());
        let mut schemas = Vec::new();
        for (name, schema) in &endpoint.query_param_schemas {
            let listed = Listed::new(&name.value);
            if let Some(allowed) = &allowed
                && !allowed.iter().any(|it| it.lower == listed.lower)
            {
                let known: Vec<&str> = allowed.iter().map(|it| it.written.as_str()).collect();
                let message = match schema.required {
                    true => format!("`{}` is required but not allowed, so that no call matches", name.value),
                    false => format!("`{}` has a schema but is not in `allowedQueryParams`", name.value),
                };
                let found = report.warning("query-parameter-not-allowed", name.place, message);
                found.suggest(match nearest(&name.value, &known) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "add it to `allowedQueryParams`, or remove the schema".to_owned(),
                });
            }
            schemas.push((listed, Parameter::compile(schema, report)));
        }
        QueryRule { allowed, schemas }
    }

    /// Judges a query.
    pub(super) fn admit(&self, query: &Query) -> Result<(), Refusal> {
        if let Some(allowed) = &self.allowed {
            for (i, pair) in query.pairs.iter().enumerate() {
                if !allowed.iter().any(|it| pair.name.eq_ignore_ascii_case(&it.lower)) {
                    let known: Vec<&str> = allowed.iter().map(|it| it.written.as_str()).collect();
                    let hint = nearest(&pair.name, &known).map(|meant| format!("did you mean `{meant}`?"));
                    let subject = format!("query parameter {}", i + 1);
                    return Err(Refusal::about(Check::QueryParameterNotListed, subject).hint(hint));
                }
            }
        }
        for (listed, schema) in &self.schemas {
            let mut present = false;
            let same = query.pairs.iter().filter(|pair| pair.name.eq_ignore_ascii_case(&listed.lower));
            for value in same.filter_map(|pair| pair.value.as_deref()) {
                present = true;
                if !schema.accepts(value) {
                    let subject = format!("the query parameter `{}`", listed.written);
                    return Err(Refusal::about(Check::QueryParameterInvalid, subject));
                }
            }
            if schema.required() && !present {
                let subject = format!("the query parameter `{}`", listed.written);
                return Err(Refusal::about(Check::QueryParameterRequired, subject));
            }
        }
        Ok(())
    }

    /// Queries that this endpoint lets through: with as little as possible, then with one more each, in so many
    /// values.
    pub(super) fn samples(&self, values: usize) -> Vec<Option<String>> {
        let pairs = |listed: &Listed| -> Vec<Pair> {
            let schema = self.schemas.iter().find(|(it, _)| it.lower == listed.lower);
            let known = schema.map_or(&[][..], |(_, schema)| schema.samples());
            let pair = |value: &str| Pair { name: listed.written.clone(), value: Some(value.to_owned()) };
            if known.is_empty() {
                vec![pair("1")]
            } else {
                known.iter().take(values).map(|it| pair(it)).collect()
            }
        };
        let required: Vec<Pair> = self
            .schemas
            .iter()
            .filter(|(_, schema)| schema.required())
            .filter_map(|(listed, _)| pairs(listed).into_iter().next())
            .collect();
        let mut queries = vec![Query { pairs: required.clone() }.text()];
        for listed in self.allowed.iter().flatten().take(12) {
            if !required.iter().any(|it| it.name.eq_ignore_ascii_case(&listed.lower)) {
                for pair in pairs(listed) {
                    queries.push(Query { pairs: required.iter().cloned().chain([pair]).collect() }.text());
                }
            }
        }
        if self.allowed.is_none() {
            let unlisted = Pair { name: "any-other".to_owned(), value: Some("1".to_owned()) };
            queries.push(Query { pairs: required.into_iter().chain([unlisted]).collect() }.text());
        }
        queries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_again_what_it_read() {
        for (raw, text) in [
            (None, None),
            (Some(""), None),
            (Some("&;&"), None),
            (Some("=x"), None),
            (Some("a=1&b=2"), Some("a=1&b=2")),
            (Some("a=1;b=2"), Some("a=1&b=2")),
            (Some("a=1&a=2&A=3"), Some("a=1&a=2&A=3")),
            (Some("a"), Some("a")),
            (Some("a="), Some("a=")),
            (Some("a+b=c+d"), Some("a%20b=c%20d")),
            (Some("a=%2B"), Some("a=%2B")),
            (Some("a=%zz"), Some("a=%25zz")),
            (Some("a=%3Bb"), Some("a=%3Bb")),
            (Some("a=%26b=c"), Some("a=%26b=c")),
            (Some("%24top=5"), Some("$top=5")),
            (Some("a=abc=="), Some("a=abc==")),
            (Some("a%3Db=c"), Some("a%3Db=c")),
            (Some("a=x#y"), Some("a=x%23y")),
            (Some("a=%00"), Some("a=%00")),
            (Some("t=2026-01-01T00:00:00Z"), Some("t=2026-01-01T00:00:00Z")),
            (Some("a[0]=é"), Some("a%5B0%5D=%C3%A9")),
        ] {
            let query = Query::read(raw).unwrap_or_else(|refusal| panic!("{raw:?}: {refusal}"));
            assert_eq!(query.text().as_deref(), text, "{raw:?}");
            assert_eq!(Query::read(text).unwrap().text(), query.text(), "{raw:?} again");
        }
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for (raw, code) in [("a=%ff", "query-malformed"), ("%c0%ae=1", "query-malformed")] {
            assert_eq!(Query::read(Some(raw)).err().map(|it| it.code()), Some(code), "{raw}");
        }
        let long = "a".repeat(MAX_QUERY + 1);
        assert_eq!(Query::read(Some(&long)).err().map(|it| it.code()), Some("query-too-long"));
    }
}
