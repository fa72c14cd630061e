//! What a published description says of an endpoint's answers, as fields to put canaries into.

use vizard_sanitizer::outline::{Endpoint, Field, Kind};

use crate::openapi::{self, Description};

/// The fields that the description lists for the calls of an endpoint with a template. An endpoint with a regex has
/// none: what it matches is not told by its text.
pub fn described(description: &Description, endpoint: &Endpoint) -> Vec<Field> {
    if endpoint.is_regex {
        return Vec::new();
    }
    let same = |it: &&openapi::Operation| {
        let method = &it.method;
        let allows = |all: &Vec<vizard_sanitizer::outline::Written>| {
            all.iter().any(|one| one.text.eq_ignore_ascii_case(method))
        };
        endpoint.methods.as_ref().is_none_or(allows) && is_same_path(&it.path, &endpoint.path.text)
    };
    let operations = description.operations.iter().filter(same);
    let fields = operations.flat_map(|it| &it.fields);
    fields
        .map(|it| Field {
            path: it.path.clone(),
            place: endpoint.place,
            kind: kind(it.kind),
            only_sometimes: true,
            when: Vec::new(),
        })
        .collect()
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
            let fields = described(&description, &outline.endpoints[endpoint]);
            fields.iter().filter(|it| it.is_leaf()).map(|it| it.path.to_string()).collect()
        };
        assert_eq!(paths(0), ["$.tags[*]"]);
        assert_eq!(paths(1), Vec::<String>::new());
    }
}
