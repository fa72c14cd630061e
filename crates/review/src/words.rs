//! Rules in plain English.

use vizard_sanitizer::outline::{Accepts, Body, BodySchema, Endpoint, Parameter, Step, Treatment, Written};

/// What a transform makes of a value, as a sentence fragment: "becomes a pseudonym that cannot be turned back".
pub fn treatment(treatment: &Treatment) -> String {
    match treatment {
        Treatment::Redact => "is removed, with its name".to_owned(),
        Treatment::CutMatches { regexes } => {
            format!("loses what matches {}; the rest of the text stays", quoted(regexes))
        }
        Treatment::KeepPhrases { phrases } => format!("keeps only the phrases {}", quoted(phrases)),
        Treatment::KeepMatches { regexes } => format!("keeps only what matches {}", quoted(regexes)),
        Treatment::KeepWords { filters } => {
            format!("keeps only words that are, as a whole, {}", quoted(filters))
        }
        Treatment::Pseudonymize { reversible, original } => {
            let turned = match reversible {
                true => "becomes a pseudonym that the proxy turns back in later calls",
                false => "becomes a pseudonym that cannot be turned back",
            };
            format!("{turned}{}", if *original { ", with the original beside it" } else { "" })
        }
        Treatment::EmailHeader => {
            "is read as a list of addresses; each becomes a pseudonym, names are left out".to_owned()
        }
        Treatment::PseudonymizeMatches { regex, reversible, leaves_nothing } => format!(
            "has what matches `{regex}` replaced by {}; {}",
            if *reversible { "reversible pseudonyms" } else { "pseudonyms" },
            if *leaves_nothing { "only separators remain between them" } else { "the text around it stays" },
        ),
        Treatment::Tokenize { regex: None } => {
            "becomes a token that the proxy turns back in later calls".to_owned()
        }
        Treatment::Tokenize { regex: Some(regex) } => format!(
            "has the part that `{regex}` captures replaced by a token that the proxy turns back; the rest stays"
        ),
        Treatment::Digest { inside: None } => "is reduced to its length and its number of words".to_owned(),
        Treatment::Digest { inside: Some(path) } => format!(
            "is read as JSON; what `{path}` reaches inside is reduced to length and number of words, the rest stays"
        ),
        Treatment::HashIp => "is read as an IP address and becomes a pseudonym".to_owned(),
        Treatment::EncryptIp => {
            "is read as an IP address and becomes a pseudonym that the proxy turns back".to_owned()
        }
    }
}

/// What an augment adds beside a text, as a sentence fragment.
pub fn augment(treatment: &Treatment) -> String {
    match treatment {
        Treatment::Digest { inside: Some(path) } => format!(
            "has all of its JSON text added beside it under a name that begins with `+`; only what `{path}` reaches inside is reduced to length and number of words"
        ),
        _ => {
            "has its length and number of words added beside it under a name that begins with `+`".to_owned()
        }
    }
}

/// When a step runs: empty where it always does.
pub fn condition(step: &Step) -> String {
    match &step.condition {
        Some(written) => format!(", where the document satisfies `{}` or cannot be asked", written.text),
        None => String::new(),
    }
}

/// The methods: "GET", "GET or HEAD", "any method".
pub fn methods(endpoint: &Endpoint) -> String {
    match &endpoint.methods {
        None => "any method".to_owned(),
        Some(methods) if methods.is_empty() => "no method".to_owned(),
        Some(methods) => listed(methods.iter().map(|it| it.text.to_ascii_uppercase()), "or"),
    }
}

/// What may stand in the query, a fragment for each parameter; `None`: anything.
pub fn query(endpoint: &Endpoint) -> Option<Vec<String>> {
    let parameters = endpoint.query.as_ref()?;
    Some(parameters.iter().map(|name| parameter(name, &endpoint.query_schemas)).collect())
}

/// What may stand in the path, a fragment for each parameter of a template.
pub fn path(endpoint: &Endpoint) -> Vec<String> {
    let all = parameters_of(&endpoint.path.text);
    let names = all.iter().map(|name| Written { text: (*name).to_owned(), place: endpoint.path.place });
    match endpoint.is_regex {
        true => endpoint.path_schemas.iter().map(|it| parameter(&it.name, &endpoint.path_schemas)).collect(),
        false => names.map(|name| parameter(&name, &endpoint.path_schemas)).collect(),
    }
}

/// The names in braces of a path template.
pub fn parameters_of(template: &str) -> Vec<&str> {
    let inside = template.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    inside.map(|(name, _)| name.trim_end_matches('?')).collect()
}

fn parameter(name: &Written, schemas: &[Parameter]) -> String {
    let same = |it: &&Parameter| it.name.text.eq_ignore_ascii_case(&name.text);
    let all: Vec<String> = schemas.iter().filter(same).map(|it| accepts(&it.accepts)).collect();
    let required = if schemas.iter().filter(same).any(|it| it.required) { ", required" } else { "" };
    match all.is_empty() {
        true => format!("{} (anything{required})", name.text),
        false => format!("{} ({}{required})", name.text, all.join(", and "),),
    }
}

/// What a parameter may hold: "digits", "one of active, inactive", "a reversible pseudonym or `[0-9]{9,11}`".
pub fn accepts(schema: &Accepts) -> String {
    let mut all = Vec::new();
    match schema.kind.as_deref() {
        Some("integer") => all.push("digits".to_owned()),
        Some("number") => all.push("a number".to_owned()),
        Some(_) | None => {}
    }
    match schema.format.as_deref() {
        Some("reversible-pseudonym" | "pseudonym") => all.push("a reversible pseudonym".to_owned()),
        Some(other) => all.push(format!("format {other}")),
        None => {}
    }
    if let Some(pattern) = &schema.pattern {
        all.push(format!("`{pattern}`"));
    }
    match schema.values.as_deref() {
        Some([]) => all.push("nothing at all".to_owned()),
        Some([one]) => all.push(format!("only {one}")),
        Some(values) => all.push(format!("one of {}", values.join(", "))),
        None => {}
    }
    if !schema.any_of.is_empty() {
        all.push(listed(schema.any_of.iter().map(accepts), "or"));
    }
    if all.is_empty() { "anything".to_owned() } else { all.join(" and ") }
}

/// What a request may carry, as a sentence fragment.
pub fn body(endpoint: &Endpoint) -> String {
    let writes = |it: &Written| !matches!(it.text.to_ascii_uppercase().as_str(), "GET" | "HEAD");
    let may_carry = endpoint.methods.as_ref().is_none_or(|it| it.iter().any(writes));
    match (&endpoint.body, may_carry) {
        (_, false) => "none".to_owned(),
        (None, true) => "any JSON or form".to_owned(),
        (Some(Body { content: None, .. }), true) => "any JSON or form".to_owned(),
        (Some(Body { content: Some(content), required, .. }), true) => {
            let one =
                |(media, schema): &(Written, BodySchema)| format!("{} with {}", media.text, members(schema));
            let required = if *required { ", required" } else { "" };
            format!("{}{required}", listed(content.iter().map(one), "or"))
        }
    }
}

fn members(schema: &BodySchema) -> String {
    let Some(properties) = &schema.properties else { return "anything".to_owned() };
    let names = listed(properties.iter().map(|(name, _)| name.text.clone()), "and");
    match schema.additional {
        Some(false) => format!("only {names}"),
        Some(true) | None => format!("{names} and anything else"),
    }
}

/// "a", "a or b", "a, b or c".
pub fn listed(items: impl Iterator<Item = String>, word: &str) -> String {
    let mut items: Vec<String> = items.collect();
    match items.pop() {
        None => "nothing".to_owned(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} {word} {last}", items.join(", ")),
    }
}

fn quoted(all: &[String]) -> String {
    listed(all.iter().map(|it| format!("`{it}`")), "or")
}

/// "1 field", "2 fields".
pub fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use vizard_sanitizer::outline::Outline;

    fn outline(endpoint: &str) -> Outline {
        let yaml = format!("endpoints:\n- pathTemplate: /x/{{id}}\n  {endpoint}\n");
        Outline::read("r", &yaml).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn says_what_may_be_asked() {
        for (endpoint, expected) in [
            ("allowedMethods: [get, HEAD]", "GET or HEAD | id (anything) | None | none"),
            ("allowedMethods: []", "no method | id (anything) | None | none"),
            (
                "allowedQueryParams: [a, b, c]\n  queryParamSchemas: {A: {type: integer, required: true}, b: {enum: [x, y]}}",
                "any method | id (anything) | Some([\"a (digits, required)\", \"b (one of x, y)\", \"c (anything)\"]) | any JSON or form",
            ),
            (
                "allowedMethods: [POST]\n  pathParameterSchemas: {id: {anyOf: [{format: pseudonym}, {pattern: '[0-9]+'}]}}",
                "POST | id (a reversible pseudonym or `[0-9]+`) | None | any JSON or form",
            ),
            (
                "allowedMethods: [PUT]\n  requestBody: {required: true, content: {application/json: {type: object, additionalProperties: false, properties: {q: {}, r: {}}}}}",
                "PUT | id (anything) | None | application/json with only q and r, required",
            ),
        ] {
            let outline = outline(endpoint);
            let it = &outline.endpoints[0];
            let said = format!("{} | {} | {:?} | {}", methods(it), path(it).join(" "), query(it), body(it));
            assert_eq!(said, expected, "{endpoint}");
        }
    }

    #[test]
    fn says_what_transforms_do() {
        for (transform, expected) in [
            ("redact", "is removed, with its name"),
            ("pseudonymize", "becomes a pseudonym that cannot be turned back"),
            (
                "redactRegexMatches, redactions: [a, b]",
                "loses what matches `a` or `b`; the rest of the text stays",
            ),
            ("filterTokenByRegex, filters: ['x|y']", "keeps only words that are, as a whole, `x|y`"),
        ] {
            let outline = outline(&format!("transforms: [{{jsonPaths: [a], method: {transform}}}]"));
            assert_eq!(treatment(&outline.endpoints[0].steps[0].treatment), expected);
        }
    }
}
