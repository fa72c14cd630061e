//! The readers and the vocabulary know the same keys: every mapping is read once, and what was asked for is compared.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::RuleSet;
use crate::extends::{Shipped, resolve};
use crate::node::asked::{self, Reader};
use crate::transform::NAMES;

/// What the readers asked for in mappings of one kind while they read a file.
fn asked_for(object: Object, yaml: &str) -> BTreeMap<&'static str, BTreeSet<Reader>> {
    let base = Shipped { source: "tea", text: "version: '1.0'\nendpoints: [{pathTemplate: /a}]\n" };
    asked::take();
    let loaded = resolve("r", yaml, &[base]).and_then(|resolved| RuleSet::load("r", &resolved.text));
    if let Err(problems) = loaded {
        panic!("{problems}");
    }
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (_, key, reader) in asked::take().into_iter().filter(|(what, ..)| *what == object.name()) {
        found.entry(key).or_default().insert(reader);
    }
    found
}

/// The readers that a value of this kind is read with.
fn readers(value: Value) -> &'static [Reader] {
    match value {
        Value::Text | Value::Usually(_) => &[Reader::Text],
        Value::OneOf(_) | Value::TextOrNull => &[Reader::Text, Reader::Word],
        Value::Flag => &[Reader::Flag],
        Value::Texts | Value::SomeTexts => &[Reader::Texts],
        Value::One(_) => &[Reader::Node],
        Value::List(_) => &[Reader::List],
        Value::Named(_) => &[Reader::Map],
        Value::Ignored => &[Reader::Ignored],
    }
}

fn compare(what: &str, keys: &[Key], mut asked: BTreeMap<&'static str, BTreeSet<Reader>>) {
    for key in keys {
        let Some(with) = asked.remove(key.name) else {
            panic!("{what}: no reader asks for `{}`", key.name);
        };
        // A key that has no effect beside others is read as ignored there.
        let with: Vec<Reader> =
            with.iter().copied().filter(|it| *it != Reader::Ignored || with.len() == 1).collect();
        assert!(
            with.iter().all(|reader| readers(key.value).contains(reader)),
            "{what}: `{}` is listed as {:?} and read as {with:?}",
            key.name,
            key.value
        );
    }
    let unlisted: Vec<_> = asked.keys().collect();
    assert!(unlisted.is_empty(), "{what}: the readers know {unlisted:?} too; list them in vocabulary.rs");
}

#[test]
fn readers_and_vocabulary_know_the_same_keys() {
    let endpoint = |keys: &str| format!("endpoints:\n- pathTemplate: '/a/{{id}}'\n  {keys}\n");
    for object in Object::ALL {
        let yaml = match object {
            Object::RuleFile | Object::Endpoint => endpoint("allowedMethods: [GET]"),
            Object::DerivedFile | Object::Override => {
                "extends: tea@1\noverrides: [{pathTemplate: /a, allowedMethods: [GET]}]\n".to_owned()
            }
            Object::PathParameter => endpoint("pathParameterSchemas: {id: {anyOf: [{type: string}]}}"),
            Object::QueryParameter => endpoint("queryParamSchemas: {q: {anyOf: [{type: string}]}}"),
            Object::RequestBody => endpoint("requestBody: {required: true}"),
            Object::BodySchema => endpoint("requestBody: {content: {application/json: {type: object}}}"),
            Object::ResponseSchema => endpoint("responseSchema: {type: object}"),
            Object::Condition | Object::Then => {
                endpoint("responseSchema: {if: {properties: {k: {const: a}}}, then: {properties: {}}}")
            }
            // Their own keys are compared below.
            Object::Transform | Object::Augment => continue,
        };
        compare(object.name(), object.keys(), asked_for(object, &yaml));
    }
}

#[test]
fn transforms_and_augments_have_the_keys_of_all_and_their_own() {
    assert_eq!(TRANSFORMS.iter().map(|it| it.name).collect::<Vec<_>>(), NAMES);
    let lists = [(Object::Transform, "transforms", TRANSFORMS), (Object::Augment, "augments", AUGMENTS)];
    for (object, list, named) in lists {
        for Named { name, keys, .. } in named {
            let given = keys.iter().filter(|key| key.required).map(|key| match key.value {
                Value::Text => format!(", {}: '(a)'", key.name),
                _ => format!(", {}: ['a']", key.name),
            });
            let given: String = given.collect();
            // Both with and without what makes other keys count.
            let more =
                if keys.iter().any(|key| key.name == "isJsonEscaped") { ", isJsonEscaped: true" } else { "" };
            let mut asked = BTreeMap::new();
            for more in ["", more] {
                let yaml = format!(
                    "endpoints:\n- pathTemplate: /a\n  {list}: [{{method: {name}, jsonPaths: ['$.a']{given}{more}}}]\n"
                );
                for (key, readers) in asked_for(object, &yaml) {
                    asked.entry(key).or_insert_with(BTreeSet::new).extend(readers);
                }
            }
            let all: Vec<Key> = object.keys().iter().chain(*keys).copied().collect();
            compare(&format!("{} `{name}`", object.name()), &all, asked);
        }
    }
}

#[test]
fn every_description_is_one_plain_sentence() {
    let keys = Object::ALL.into_iter().flat_map(|object| object.keys());
    let keys = keys.chain(TRANSFORMS.iter().chain(AUGMENTS).flat_map(|named| named.keys));
    let named = TRANSFORMS.iter().chain(AUGMENTS).map(|named| (named.name, named.about));
    let objects = Object::ALL.into_iter().map(|object| (object.name(), object.about()));
    for (name, about) in keys.map(|key| (key.name, key.about)).chain(named).chain(objects) {
        let begins_well = about.starts_with(|c: char| c.is_uppercase() || c == '`');
        assert!(begins_well && !about.ends_with('.') && !about.contains(". "), "{name}: {about}");
    }
}
