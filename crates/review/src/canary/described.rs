//! What a published description says of an endpoint's answers, as fields to put canaries into.

use vizard_sanitizer::outline::{Endpoint, Field, Kind, Written};

use super::document::weight;
use crate::openapi::{self, Description};

/// Fields to put canaries into.
#[derive(Debug, Default)]
pub struct Described {
    /// Those that are near the top come first.
    pub fields: Vec<Field>,
    /// The description has more of them than are listed.
    pub is_cut: bool,
}

/// The fields that the description lists for the calls of an endpoint with a template, up to a [`weight`] in all. An
/// endpoint with a regex has none: what it matches is not told by its text.
pub fn described(description: &Description, endpoint: &Endpoint, most: usize) -> Described {
    let mut described = Described::default();
    if endpoint.is_regex {
        return described;
    }
    let same = |it: &&openapi::Operation| {
        let method = &it.method;
        let allows = |all: &Vec<Written>| all.iter().any(|one| one.text.eq_ignore_ascii_case(method));
        endpoint.methods.as_ref().is_none_or(allows) && is_same_path(&it.path, &endpoint.path.text)
    };
    let operations: Vec<_> = description.operations.iter().filter(same).collect();
    described.is_cut = operations.iter().any(|it| it.is_cut);
    let mut fields: Vec<(usize, &openapi::Field)> =
        operations.iter().flat_map(|it| &it.fields).map(|it| (weight(&it.path), it)).collect();
    // What is near the top comes first.
    fields.sort_by_key(|(weight, _)| *weight);
    let mut left = most;
    for (weight, field) in fields {
        let Some(less) = left.checked_sub(weight) else {
            described.is_cut = true;
            break;
        };
        left = less;
        described.fields.push(Field {
            path: field.path.clone(),
            place: endpoint.place,
            kind: kind(field.kind),
            only_sometimes: true,
            when: Vec::new(),
        });
    }
    described
}

fn kind(kind: openapi::Kind) -> Kind {
    match kind {
        openapi::Kind::String => Kind::String,
        openapi::Kind::Integer => Kind::Integer,
        openapi::Kind::Number => Kind::Number,
        openapi::Kind::Boolean => Kind::Boolean,
        openapi::Kind::Null => Kind::Null,
        openapi::Kind::Object => Kind::Object,
        openapi::Kind::Array => Kind::Array,
        openapi::Kind::Any => Kind::Scalar,
    }
}

/// Templates are the same when their parameters stand in the same segments, whatever they are called.
fn is_same_path(one: &str, other: &str) -> bool {
    let segments = |path: &str| -> Vec<String> {
        let parameter = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
        let named =
            |segment: &str| if parameter(segment) { "{}".to_owned() } else { segment.to_ascii_lowercase() };
        path.trim_end_matches('/').split('/').map(named).collect()
    };
    segments(one) == segments(other)
}

#[cfg(test)]
mod tests {
    use vizard_sanitizer::outline::Outline;

    use super::super::document::{FOR_EACH_FIELD, documents};
    use super::super::plant::Canaries;
    use super::*;

    #[test]
    fn finds_the_fields_of_the_same_call() {
        let text = r##"{"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {
            "/v2/users/{id}": {
                "get": {"responses": {"200": {"description": "d", "content": {"application/json": {"schema":
                    {"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}}}}}}},
                "post": {"responses": {"200": {"description": "d", "content": {"application/json": {"schema":
                    {"type": "object", "properties": {"other": {"type": "string"}}}}}}}}},
            "/v2/rooms": {"get": {"responses": {}}}}}"##;
        let description = openapi::read(text).unwrap();
        let rules = "endpoints: [{pathTemplate: '/v2/users/{userId}', allowedMethods: [GET]}, {pathRegex: '/v2/users/.*'}]";
        let outline = Outline::read("r", rules).unwrap();
        let paths = |endpoint: usize| -> Vec<String> {
            let described = described(&description, &outline.endpoints[endpoint], 100);
            assert!(!described.is_cut);
            described.fields.iter().filter(|it| it.is_leaf()).map(|it| it.path.to_string()).collect()
        };
        assert_eq!(paths(0), ["$.tags[*]"]);
        assert_eq!(paths(1), Vec::<String>::new());
    }

    /// Two fields of the next kind each, forty times: more places than can be listed, deeper and deeper.
    #[test]
    fn what_grows_without_end_is_cut_and_said_to_be() {
        let schemas: Vec<String> = (0..40)
            .map(|it| {
                let next = format!(r##"{{"$ref": "#/components/schemas/S{}"}}"##, it + 1);
                format!(r#""S{it}": {{"type": "object", "properties": {{"a": {next}, "b": {next}}}}}"#)
            })
            .collect();
        let text = format!(
            r##"{{"openapi": "3.0.3", "info": {{"title": "t", "version": "1"}},
            "paths": {{"/a": {{"get": {{"responses": {{"200": {{"description": "d", "content":
                {{"application/json": {{"schema": {{"$ref": "#/components/schemas/S0"}}}}}}}}}}}}}}}},
            "components": {{"schemas": {{{}, "S40": {{"type": "string"}}}}}}}}"##,
            schemas.join(",")
        );
        let description = openapi::read(&text).unwrap();
        let outline =
            Outline::read("r", "endpoints: [{pathTemplate: /a, responseSchema: {properties: {}}}]").unwrap();
        for most in [0, 1, 50, 500] {
            let described = described(&description, &outline.endpoints[0], most);
            assert!(described.is_cut, "{most}");
            let spent: usize = described.fields.iter().map(|it| weight(&it.path)).sum();
            assert!(spent <= most && spent + 40 > most, "{spent} of {most}");
            // What is planted is bounded by what is listed.
            let mut canaries = Canaries::seeded(1);
            documents(0, &outline.endpoints[0], &described.fields, &mut canaries);
            let planted = canaries.all().len();
            assert!(planted <= (spent + 1) * FOR_EACH_FIELD * 3, "{planted} canaries for {spent}");
        }
        // A description that is cut already says so as well.
        assert!(described(&description, &outline.endpoints[0], usize::MAX).is_cut);
    }

    /// Lists in lists, where each place is there several times.
    #[test]
    fn what_is_in_lists_weighs_more() {
        let schema = (0..6).fold(serde_json::json!({"type": "string"}), |inner, _| {
            let list = serde_json::json!({"type": "array", "items": inner});
            serde_json::json!({"type": "object", "properties": {"a": list, "b": list}})
        });
        let answer =
            serde_json::json!({"description": "d", "content": {"application/json": {"schema": schema}}});
        let text = serde_json::json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"responses": {"200": answer}}}}});
        let description = openapi::read(&text.to_string()).unwrap();
        let outline =
            Outline::read("r", "endpoints: [{pathTemplate: /a, responseSchema: {properties: {}}}]").unwrap();
        for (most, is_cut) in [(500, true), (5_000, true), (100_000, false)] {
            let described = described(&description, &outline.endpoints[0], most);
            assert_eq!(described.is_cut, is_cut, "{most}");
            let spent: usize = described.fields.iter().map(|it| weight(&it.path)).sum();
            let mut canaries = Canaries::seeded(1);
            documents(0, &outline.endpoints[0], &described.fields, &mut canaries);
            let planted = canaries.all().len();
            assert!(planted <= (spent + 1) * FOR_EACH_FIELD * 3, "{planted} canaries for {spent}");
        }
    }
}
