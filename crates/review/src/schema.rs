//! The rule format as a JSON Schema, from the vocabulary of the readers, so that editors complete and check.
//!
//! It accepts what loads, but for keys without a value, which mean that the key is absent and are rarely meant. It cannot
//! see tags: of a transform that is named by its tag it checks that the keys are those of some transform.

use serde_json::{Map, Value as Json, json};
use vizard_sanitizer::vocabulary::{AUGMENTS, Key, Named, Object, TRANSFORMS, Value};

/// The schema as text that ends in a line feed.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&schema()).expect("names of members are strings");
    text.push('\n');
    text
}

/// The schema, of the draft 2020-12.
pub fn schema() -> Json {
    let definitions: Map<String, Json> =
        Object::ALL.into_iter().map(|object| (id(object).to_owned(), definition(object))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:vizard:rule-file",
        "title": "Vizard rule file",
        "description": "Made by `vizard schema`; docs/RULES.md tells more.",
        "if": { "type": "object", "required": ["extends"] },
        "then": reference(Object::DerivedFile),
        "else": reference(Object::RuleFile),
        "$defs": definitions,
    })
}

/// The name of its definition.
fn id(object: Object) -> &'static str {
    match object {
        Object::RuleFile => "ruleFile",
        Object::DerivedFile => "derivedFile",
        Object::Override => "override",
        Object::Endpoint => "endpoint",
        Object::PathParameter => "pathParameter",
        Object::QueryParameter => "queryParameter",
        Object::RequestBody => "requestBody",
        Object::BodySchema => "bodySchema",
        Object::ResponseSchema => "responseSchema",
        Object::Condition => "condition",
        Object::Then => "then",
        Object::Transform => "transform",
        Object::Augment => "augment",
    }
}

fn reference(object: Object) -> Json {
    json!({ "$ref": format!("#/$defs/{}", id(object)) })
}

fn definition(object: Object) -> Json {
    match object {
        Object::Transform => named(object, TRANSFORMS),
        Object::Augment => named(object, AUGMENTS),
        Object::RuleFile
        | Object::DerivedFile
        | Object::Override
        | Object::Endpoint
        | Object::PathParameter
        | Object::QueryParameter
        | Object::RequestBody
        | Object::BodySchema
        | Object::ResponseSchema
        | Object::Condition
        | Object::Then => {
            let properties = object.keys().iter().map(|key| (key.name, property(key)));
            let required = object.keys().iter().filter(|key| key.required).map(|key| key.name);
            let mut mapping = mapping(object.about(), properties, required);
            if !object.either().is_empty() {
                mapping["anyOf"] = any_of(object.either());
            }
            if object == Object::Condition {
                mapping["properties"]["properties"]["minProperties"] = json!(1);
            }
            if object == Object::ResponseSchema {
                mapping["allOf"] = companions();
            }
            mapping
        }
    }
}

/// That one of the keys is there.
fn any_of(keys: &[&str]) -> Json {
    keys.iter().map(|key| json!({ "required": [key] })).collect()
}

/// Which keys of a response schema need each other. What decides alone needs nothing else.
fn companions() -> Json {
    let conditions = ["if", "_if"];
    let alone = json!({ "anyOf": any_of(&["$ref", "anyOf"]) });
    let decided = json!({ "anyOf": any_of(&["$ref", "anyOf", "if", "_if", "const", "constant"]) });
    let array =
        json!({ "required": ["type"], "properties": { "type": { "const": "array" } }, "not": decided });
    let outcome = json!({ "anyOf": any_of(&["then", "_then", "else", "_else"]), "not": alone });
    let condition = json!({ "anyOf": any_of(&conditions), "not": alone });
    json!([
        { "if": array, "then": { "required": ["items"] } },
        { "if": outcome, "then": { "anyOf": any_of(&conditions) } },
        { "if": condition, "then": { "anyOf": any_of(&["then", "_then"]) } },
    ])
}

fn mapping(
    about: &str,
    properties: impl Iterator<Item = (&'static str, Json)>,
    required: impl Iterator<Item = &'static str>,
) -> Json {
    let properties: Map<String, Json> = properties.map(|(name, it)| (name.to_owned(), it)).collect();
    let required: Vec<&str> = required.collect();
    let mut mapping = json!({
        "description": format!("{about}."),
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        mapping["required"] = json!(required);
    }
    mapping
}

/// A transform or augment: one that says its name with `method`, or one that has a tag.
fn named(object: Object, all: &[Named]) -> Json {
    let common = || object.keys().iter().filter(|key| key.name != "method");
    let mut forms: Vec<Json> = all
        .iter()
        .map(|Named { name, about, keys }| {
            let method = ("method", json!({ "description": format!("{about}."), "const": name }));
            let own = || common().chain(*keys);
            let properties = std::iter::once(method).chain(own().map(|key| (key.name, property(key))));
            let required = std::iter::once("method").chain(own().filter(|it| it.required).map(|it| it.name));
            let mut form = mapping(about, properties, required);
            form["title"] = json!(name);
            form
        })
        .collect();
    let mut tagged: Vec<(&'static str, Json)> = common().map(|key| (key.name, property(key))).collect();
    for Named { name, keys, .. } in all {
        for key in *keys {
            add(&mut tagged, name, key);
        }
    }
    let names: Vec<&str> = all.iter().map(|it| it.name).collect();
    let required = common().filter(|key| key.required).map(|key| key.name);
    let about = format!("Named by its tag, such as `!<{}>`; the tags are {}", names[0], names.join(", "));
    let mut form = mapping(&about, tagged.into_iter(), required);
    form["title"] = json!("with a tag");
    forms.push(form);
    json!({ "description": format!("{}.", object.about()), "type": "object", "anyOf": forms })
}

/// Adds a key of one name to those of all. Keys that several have take the same and are described for each.
fn add(keys: &mut Vec<(&'static str, Json)>, name: &str, key: &Key) {
    let own = property(key);
    let about = format!("{name}: {}", key.about);
    match keys.iter_mut().find(|(known, _)| *known == key.name) {
        Some((_, known)) => {
            let said = known["description"].as_str().unwrap_or_default().trim_end_matches('.').to_owned();
            *known = Json::Object(own.as_object().cloned().unwrap_or_default());
            known["description"] = json!(format!("{said}; {about}."));
        }
        None => {
            keys.push((key.name, own));
            keys.last_mut().expect("one was pushed").1["description"] = json!(format!("{about}."));
        }
    }
}

fn property(key: &Key) -> Json {
    let mut property = value(key.value);
    let about = json!(format!("{}.", key.about));
    match property.as_object_mut() {
        // The description first, where a reader of the file looks for it.
        Some(members) => {
            members.shift_insert(0, "description".to_owned(), about);
        }
        None => property = json!({ "description": about }),
    }
    property
}

fn value(value: Value) -> Json {
    // Scalars are read as the text that they look like, whatever an editor takes them for.
    let text = json!(["string", "number", "boolean"]);
    let words = |words: &[&str]| {
        let mut all: Vec<Json> = words.iter().map(|word| json!(word)).collect();
        // Without quotes an editor takes this word for nothing.
        if words.contains(&"null") {
            all.push(Json::Null);
        }
        json!({ "enum": all })
    };
    match value {
        Value::Text => json!({ "type": text }),
        Value::TextOrNull => json!({ "type": ["string", "number", "boolean", "null"] }),
        Value::OneOf(known) => words(known),
        Value::Usually(known) => json!({ "anyOf": [words(known), { "type": text }] }),
        Value::Flag => json!({
            "type": ["boolean", "string"],
            "pattern": "^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$",
        }),
        Value::Texts => json!({ "type": "array", "items": { "type": text } }),
        Value::SomeTexts => json!({ "type": "array", "items": { "type": text }, "minItems": 1 }),
        Value::One(object) => reference(object),
        Value::List(object) => json!({ "type": "array", "items": reference(object) }),
        Value::Named(object) => json!({ "type": "object", "additionalProperties": reference(object) }),
        Value::Ignored => json!({ "deprecated": true }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_leads_to_a_definition_and_every_definition_is_reached() {
        fn references<'j>(json: &'j Json, found: &mut Vec<&'j str>) {
            match json {
                Json::Object(members) => {
                    found.extend(members.get("$ref").and_then(Json::as_str));
                    members.values().for_each(|it| references(it, found));
                }
                Json::Array(items) => items.iter().for_each(|it| references(it, found)),
                _ => {}
            }
        }
        let schema = schema();
        let mut found = Vec::new();
        references(&schema, &mut found);
        found.sort_unstable();
        found.dedup();
        let mut defined: Vec<String> =
            schema["$defs"].as_object().unwrap().keys().map(|name| format!("#/$defs/{name}")).collect();
        defined.sort_unstable();
        assert_eq!(found, defined);
    }

    #[test]
    fn keys_that_several_transforms_have_are_described_for_each() {
        let forms = &schema()["$defs"]["transform"]["anyOf"];
        let tagged = &forms[TRANSFORMS.len()]["properties"];
        let about = tagged["regex"]["description"].as_str().unwrap();
        assert!(about.contains("pseudonymizeRegexMatches: ") && about.contains("; tokenize: "), "{about}");
        assert_eq!(tagged.get("method"), None);
        assert_eq!(forms[0]["properties"]["method"]["const"], "redact");
    }

    #[test]
    fn keys_of_one_name_take_the_same_in_every_transform() {
        for list in [TRANSFORMS, AUGMENTS] {
            let keys: Vec<&Key> = list.iter().flat_map(|named| named.keys).collect();
            for key in &keys {
                for other in keys.iter().filter(|it| it.name == key.name) {
                    assert_eq!(key.value, other.value, "{}: the form with a tag has one meaning", key.name);
                }
            }
        }
    }
}
