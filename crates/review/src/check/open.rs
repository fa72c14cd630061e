//! Endpoints without a response schema list no fields. What their transforms name is known all the same, and judged
//! like fields that are listed.

use std::collections::BTreeSet;

use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Outline, Part, Reach, StepPath};

/// A place that a transform names.
#[derive(Debug)]
pub(super) struct Named<'c> {
    pub(super) field: Field,
    /// As the author wrote the path.
    pub(super) written: &'c str,
}

/// Most places of one endpoint that are looked at.
const MOST: usize = 1_000;
/// Most places that one path may name, as `['a','b']` names two.
const MOST_OF_ONE: usize = 64;

/// For each endpoint the places that its transforms name; none where a schema lists the fields.
pub(super) fn named(outline: &Outline) -> Vec<Vec<Named<'_>>> {
    outline.endpoints.iter().map(of).collect()
}

fn of(endpoint: &Endpoint) -> Vec<Named<'_>> {
    if endpoint.fields.is_some() {
        return Vec::new();
    }
    let mut known = BTreeSet::new();
    let mut all = Vec::new();
    for path in endpoint.steps.iter().flat_map(|it| &it.paths) {
        for place in places(path) {
            if all.len() < MOST && known.insert(place.clone()) {
                let field = Field {
                    path: place,
                    place: path.written.place,
                    kind: Kind::Scalar,
                    only_sometimes: false,
                    when: Vec::new(),
                };
                all.push(Named { field, written: &path.written.text });
            }
        }
    }
    all
}

/// The kinds of places that a path surely names: those that it reaches by the engine's own reading, too. `..` stands
/// for no part, so that `$..email` is the place of anything that is called so.
fn places(path: &StepPath) -> Vec<FieldPath> {
    let mut all = read(&path.written.text).unwrap_or_default();
    let names_last = |it: &FieldPath| {
        let last = it.0.iter().rev().find(|part| !matches!(part, Part::Element));
        matches!(last, Some(Part::Name(_)))
    };
    all.retain(|it| names_last(it) && path.reach(it, false) != Reach::Never);
    all
}

/// The places of a path; `None` where it is written in a way that is not read here.
fn read(text: &str) -> Option<Vec<FieldPath>> {
    let mut rest = text.trim().strip_prefix('$')?;
    let mut all = vec![FieldPath::ROOT];
    while !rest.is_empty() {
        rest = rest.trim_start_matches('.');
        let parts = if rest.starts_with('[') {
            let end = closing(rest)?;
            let inner = rest[1..end].trim();
            rest = &rest[end + 1..];
            bracket(inner)?
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            let name = rest[..end].trim();
            rest = &rest[end..];
            match name {
                "" => return None,
                "*" => vec![Part::AnyName],
                name => vec![Part::Name(name.to_owned())],
            }
        };
        if all.len() * parts.len() > MOST_OF_ONE {
            return None;
        }
        all = all.iter().flat_map(|above| parts.iter().map(|part| above.then(part.clone()))).collect();
    }
    Some(all)
}

/// Where the bracket at the beginning is closed again, outside of quotes.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut is_escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            (None, _) => {}
        }
    }
    None
}

/// Quoted names, or else what stands for elements of a list: positions, `*`, a filter.
fn bracket(inner: &str) -> Option<Vec<Part>> {
    if !inner.starts_with(['\'', '"']) {
        return Some(vec![Part::Element]);
    }
    let unquoted = |it: &str| {
        let quote = it.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let name = it.strip_prefix(quote)?.strip_suffix(quote)?;
        (!name.contains(['\\', '\'', '"'])).then(|| Part::Name(name.to_owned()))
    };
    inner.split(',').map(|it| unquoted(it.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(path: &str) -> Vec<String> {
        let yaml = format!(
            "endpoints:\n- pathTemplate: /x\n  transforms:\n  - !<redact>\n    jsonPaths:\n    - {}\n",
            serde_json::to_string(path).unwrap()
        );
        let outline = Outline::read("r", &yaml).unwrap_or_else(|problems| panic!("{problems}"));
        named(&outline).remove(0).iter().map(|it| it.field.path.to_string()).collect()
    }

    #[test]
    fn knows_the_places_that_paths_name() {
        for (path, expected) in [
            ("$.people[*].dept", vec!["$.people[*].dept"]),
            ("$.people[0].dept", vec!["$.people[*].dept"]),
            ("$..email", vec!["$.email"]),
            ("$..people[*].email", vec!["$.people[*].email"]),
            ("$['odd name']['b']", vec!["$['odd name'].b"]),
            ("$..['phone','fax']", vec!["$.phone", "$.fax"]),
            ("$.tags[*]", vec!["$.tags[*]"]),
            ("$.a[?(@.b == 'x]')].c", vec!["$.a[*].c"]),
            ("$.a.*.c", vec!["$.a.*.c"]),
            ("$", vec![]),
            ("$.*", vec![]),
            ("$..*", vec![]),
            ("$[*]", vec![]),
        ] {
            assert_eq!(shown(path), expected, "{path}");
        }
    }

    #[test]
    fn each_place_stands_once_and_there_are_not_too_many() {
        let names: Vec<String> = (0..MOST + 10).map(|at| format!("'$.n{at}', '$..n{at}'")).collect();
        let yaml = format!(
            "endpoints:\n- pathTemplate: /x\n  transforms: [!<redact> {{jsonPaths: [{}]}}]\n",
            names.join(", ")
        );
        let outline = Outline::read("r", &yaml).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!(named(&outline)[0].len(), MOST);
        let many = format!("$[{}][{}]", ["'a'"; 9].join(","), ["'b'"; 9].join(","));
        assert_eq!(read(&many), None);
        for broken in ["", "a", "$[", "$['a'", "$.a]b[", "$..", "$['a\\'b']", "$.", "$]"] {
            let _ = read(broken);
        }
    }
}
