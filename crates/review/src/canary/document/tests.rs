//! Every listed place holds a canary, and every object something beside.

use std::collections::BTreeSet;

use vizard_sanitizer::outline::Outline;

use super::super::search::Search;
use super::*;

const RULES: &str = "
endpoints:
- pathTemplate: /v2/things
  responseSchema:
    properties:
      id: {type: string}
      size: {type: integer}
      any: {}
      flag: {type: boolean}
      people:
        items:
          properties:
            name: {type: string}
            tags: {items: {type: string}}
      event:
        anyOf:
        - {properties: {kind: {const: joined}, who: {type: string}}}
        - {properties: {kind: {const: left}, why: {type: string}}}
      tree: {$ref: '#/definitions/Tree'}
  augments: [!<textDigest> {jsonPaths: ['$.content']}]
  transforms:
  - !<redact> {jsonPaths: ['$.people[?(@.role == \"guest\")].name'], applyOnlyWhen: \"$[?(@.mode == 'strict')]\"}
- pathTemplate: /v2/open
  transforms:
  - !<pseudonymize> {jsonPaths: ['$.users[*].id', \"$['odd name'][0,1].x\", '$.list[?(@.a == 1)].y', '$..deep.*']}
definitions:
  Tree: {properties: {label: {type: string}, below: {items: {$ref: '#/definitions/Tree'}}}}
";

fn made(position: usize) -> (Vec<Document>, Canaries) {
    let outline = Outline::read("r", RULES).unwrap_or_else(|problems| panic!("{problems}"));
    let mut canaries = Canaries::seeded(3);
    (documents(position, &outline.endpoints[position], &[], &mut canaries), canaries)
}

fn places(canaries: &Canaries) -> BTreeSet<String> {
    canaries.all().iter().map(|canary| canary.place.to_string()).collect()
}

#[test]
fn every_listed_place_holds_a_canary() {
    let (documents, canaries) = made(0);
    let places = places(&canaries);
    for place in [
        "`$.id`",
        "`$.size`",
        "`$.any`",
        "`$.flag`",
        "`$.people[*].name`",
        "`$.people[*].tags[*]`",
        "`$.event.kind`",
        "`$.event.who`",
        "`$.event.why`",
        "`$.tree.label`",
        "`$.tree.below[*].label`",
        "`$.tree.below[*].below[*].label`",
        "`$.tree.below[*].below[*].below[*].label`",
        "`$.content`",
        "`$.people[*].email`",
        "`$.people[*].phone_number`",
        "`$.people[*].*`",
        "a member name in `$.people[*]`",
        "a member name in `$`",
        // Of the wrong kind.
        "`$.id.name`",
        "`$.id.list[*]`",
        "`$.id[*]`",
        "`$.people.name`",
    ] {
        assert!(places.contains(place), "no canary is planted as {place}: {places:#?}");
    }
    assert_eq!(documents.len(), 15);
    let all: String = documents.iter().map(|it| it.body.to_string()).collect();
    for word in ["\"joined\"", "\"left\""] {
        assert!(all.contains(word), "{word}");
    }
    // What was planted is in the documents, and is found there.
    let found = Search::of(canaries.all()).find(all.as_bytes());
    let numbers: BTreeSet<usize> = found.hits.keys().map(|it| it.0).collect();
    assert_eq!(numbers, (0..canaries.all().len()).collect());
}

#[test]
fn without_a_schema_the_places_that_transforms_name_hold_canaries() {
    let (_, canaries) = made(1);
    let places = places(&canaries);
    for place in ["`$.users[*].id`", "`$['odd name'][*].x`", "`$.list[*].y`", "`$.deep.any`"] {
        assert!(places.contains(place), "no canary is planted as {place}: {places:#?}");
    }
}

#[test]
fn what_filters_ask_is_answered_in_both_ways() {
    let outline = Outline::read("r", RULES).unwrap();
    let asked = asked(&outline.endpoints[0]);
    let expected = [("mode", "strict"), ("role", "guest")];
    let expected = expected.map(|(name, value)| (name.to_owned(), BTreeSet::from([value.to_owned()])));
    assert_eq!(asked, BTreeMap::from(expected));
}
