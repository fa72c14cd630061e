//! Which places of an endpoint somebody means who asks for a field.

use vizard_sanitizer::outline::{Endpoint, Field, FieldPath, Kind, Part};

/// A place that was asked for, as the endpoint knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A value is listed here.
    Value(Field),
    /// More places are listed below.
    Container {
        /// The object or list.
        itself: Field,
        /// The values that are listed below it.
        below: Vec<Field>,
    },
    /// Below what is listed as a value.
    Within {
        /// What was asked for.
        path: FieldPath,
        /// The value.
        around: Field,
    },
    /// Not listed.
    Unlisted(FieldPath),
    /// There is no response schema, so nothing is listed.
    Open(FieldPath),
}

/// Most places that one name may mean.
const MOST: usize = 500;

/// The places that `asked` may mean, never none.
///
/// A name alone means every field that ends so. A path is looked up as it is; one without `$` that is not there means
/// every field that ends so, however its lists are written.
///
/// # Errors
///
/// A sentence, where it is no path, may mean places that nobody can list, or does not fit what is listed.
pub(super) fn find(endpoint: &Endpoint, asked: &str) -> Result<Vec<Found>, String> {
    let asked = asked.trim();
    let (path, is_rooted) = (FieldPath::read(asked)?, asked.starts_with('$'));
    let Some(listed) = &endpoint.fields else {
        let deeper = || FieldPath([&[Part::AnyName], path.0.as_slice()].concat());
        let deeper = (!is_rooted).then(|| Found::Open(deeper()));
        return Ok(std::iter::once(Found::Open(path.clone())).chain(deeper).collect());
    };
    if is_rooted {
        return at(listed, &path);
    }
    let is_name = !asked.contains(['.', '[']);
    if !is_name && listed.iter().any(|it| it.path == path) {
        return at(listed, &path);
    }
    let ending = ending(listed, &path);
    match ending.len() {
        0 => at(listed, &path),
        1..=MOST => outermost(ending).into_iter().try_fold(Vec::new(), |mut all, it| {
            all.extend(at(listed, &it.path)?);
            Ok(all)
        }),
        many => {
            Err(format!("{many} listed places end so; write the path of one, such as `{}`", ending[0].path))
        }
    }
}

/// What is listed at exactly this place.
fn at(listed: &[Field], path: &FieldPath) -> Result<Vec<Found>, String> {
    exactly(listed, path, &mut 0)
}

/// The same; `looked` counts the places that were looked up for it.
fn exactly(listed: &[Field], path: &FieldPath, looked: &mut usize) -> Result<Vec<Found>, String> {
    *looked += 1;
    if *looked > MOST {
        return Err(
            "definitions that contain each other list it in too many ways; write a shorter path".to_owned()
        );
    }
    let mut found: Vec<Found> = Vec::new();
    for field in listed.iter().filter(|it| it.path == *path) {
        if field.is_leaf() {
            found.push(Found::Value(field.clone()));
        } else if !found.iter().any(|it| matches!(it, Found::Container { .. })) {
            let below = listed.iter().filter(|it| it.is_leaf() && it.path != *path && path.holds(&it.path));
            found.push(Found::Container { itself: field.clone(), below: below.cloned().collect() });
        }
    }
    if found.is_empty() { beside(listed, path, looked) } else { Ok(found) }
}

/// What becomes of a place that is not listed, told from the nearest listed place around it.
fn beside(listed: &[Field], path: &FieldPath, looked: &mut usize) -> Result<Vec<Found>, String> {
    let around = |length: usize| listed.iter().filter(move |it| it.path.0 == path.0[..length]);
    let nearest = (0..path.0.len()).rev().find(|length| around(*length).next().is_some());
    let Some(length) = nearest else { return Ok(vec![Found::Unlisted(path.clone())]) };
    let (mut found, mut misfit) = (Vec::new(), None);
    for field in around(length) {
        match (&field.kind, &path.0[length]) {
            (Kind::Again { since, .. }, _) if since.0.len() < length => {
                let before = FieldPath([&since.0, &path.0[length..]].concat());
                match exactly(listed, &before, looked) {
                    Ok(again) => {
                        for it in again.into_iter().map(|it| moved(it, since, &field.path)) {
                            if !found.contains(&it) {
                                found.push(it);
                            }
                        }
                    }
                    Err(why) if *looked > MOST => return Err(why),
                    Err(why) => misfit = Some(why),
                }
            }
            (Kind::Object, Part::Name(name)) if name.contains(['[', ']', '*']) => {
                misfit = Some(format!(
                    "no member is listed whose name is `{name}`; close the quotes before `[*]`, such as \
                     `$['users'][*]`"
                ));
            }
            (Kind::Object, Part::Name(_) | Part::AnyName) => found.push(Found::Unlisted(path.clone())),
            (Kind::Object, Part::Element) => {
                misfit =
                    Some(format!("`{}` is listed as an object, not as a list; write a name", field.path));
            }
            (Kind::Array, _) => {
                let element = field.path.then(Part::Element);
                misfit = Some(format!("`{}` is listed as a list; its elements are `{element}`", field.path));
            }
            _ => found.push(Found::Within { path: path.clone(), around: field.clone() }),
        }
    }
    match misfit {
        Some(why) if found.is_empty() => Err(why),
        _ => Ok(found),
    }
}

/// What is listed since a definition stood before, as it is listed where the definition stands again.
fn moved(found: Found, since: &FieldPath, to: &FieldPath) -> Found {
    let path = |it: &FieldPath| FieldPath([&to.0, &it.0[since.0.len()..]].concat());
    let field = |it: Field| Field { path: path(&it.path), ..it };
    match found {
        Found::Value(it) => Found::Value(field(it)),
        Found::Container { itself, below } => {
            Found::Container { itself: field(itself), below: below.into_iter().map(field).collect() }
        }
        Found::Within { path: asked, around } => Found::Within { path: path(&asked), around: field(around) },
        Found::Unlisted(asked) => Found::Unlisted(path(&asked)),
        Found::Open(asked) => Found::Open(path(&asked)),
    }
}

/// The listed places whose names end like those of the path, whatever lists there are on the way; each once.
fn ending<'l>(listed: &'l [Field], path: &FieldPath) -> Vec<&'l Field> {
    let asked: Vec<&Part> = names(path).collect();
    let mut ending: Vec<&Field> = Vec::new();
    for field in listed {
        let own: Vec<&Part> = names(&field.path).collect();
        if own.ends_with(&asked) && !ending.iter().take(MOST).any(|it| it.path == field.path) {
            ending.push(field);
        }
    }
    ending
}

fn names(path: &FieldPath) -> impl Iterator<Item = &Part> {
    path.0.iter().filter(|it| !matches!(it, Part::Element))
}

/// Of a list and its elements only one: the values, or else the list.
fn outermost(ending: Vec<&Field>) -> Vec<&Field> {
    let elements = |list: &Field, of: &Field| {
        list.path != of.path
            && list.path.holds(&of.path)
            && of.path.0[list.path.0.len()..].iter().all(|it| matches!(it, Part::Element))
    };
    let is_spare = |it: &Field| match it.is_leaf() {
        true => false,
        false => ending.iter().any(|other| match other.is_leaf() {
            true => elements(it, other),
            false => elements(other, it),
        }),
    };
    ending.iter().copied().filter(|it| !is_spare(it)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vizard_sanitizer::outline::Outline;

    const RULES: &str = "
endpoints:
- pathTemplate: /x
  responseSchema:
    properties:
      email: {type: string}
      users: {items: {properties: {email: {type: string}, tags: {items: {type: string}}, 'odd name': {}}}}
      tree: {$ref: '#/definitions/Tree'}
      'a*': {type: string}
- pathTemplate: /open
definitions:
  Tree: {properties: {id: {type: string}, kids: {items: {$ref: '#/definitions/Tree'}}}}
";

    fn told(endpoint: usize, asked: &str) -> String {
        let outline = Outline::read("r", RULES).unwrap();
        let word = |it: &Found| match it {
            Found::Value(field) => format!("{} value", field.path),
            Found::Container { itself, below } => format!("{} holds {}", itself.path, below.len()),
            Found::Within { path, around } => format!("{path} within {}", around.path),
            Found::Unlisted(path) => format!("{path} unlisted"),
            Found::Open(path) => format!("{path} open"),
        };
        match find(&outline.endpoints[endpoint], asked) {
            Ok(found) => found.iter().map(word).collect::<Vec<_>>().join(", "),
            Err(why) => format!("refused: {why}"),
        }
    }

    #[test]
    fn finds_what_was_meant() {
        for (asked, expected) in [
            ("email", "$.email value, $.users[*].email value"),
            ("$.email", "$.email value"),
            ("users[0].email", "$.users[*].email value"),
            ("users[].email", "$.users[*].email value"),
            ("$['users'][*]['email']", "$.users[*].email value"),
            ("users.email", "$.users[*].email value"),
            ("users", "$.users holds 3"),
            ("$.users[*]", "$.users[*] holds 3"),
            ("tags", "$.users[*].tags[*] value"),
            ("$.users[*].tags", "$.users[*].tags holds 1"),
            ("$['users'][3]['odd name']", "$.users[*]['odd name'] value"),
            ("EMAIL", "$.EMAIL unlisted"),
            ("users[*].phone", "$.users[*].phone unlisted"),
            ("$.users[*].email.local", "$.users[*].email.local within $.users[*].email"),
            ("$['a*']", "$['a*'] value"),
            ("$.tree.kids[*].kids[*].kids[*]", "$.tree.kids[*].kids[*].kids[*] value"),
            ("$.tree.kids[*].kids[*].kids[*].id", "$.tree.kids[*].kids[*].kids[*].id value"),
            ("$.tree.kids[*].kids[*].kids[*].no", "$.tree.kids[*].kids[*].kids[*].no unlisted"),
            (
                "$.tree.kids[*].kids[*].kids[*].kids[*].kids[*].id",
                "$.tree.kids[*].kids[*].kids[*].kids[*].kids[*].id value",
            ),
        ] {
            assert_eq!(told(0, asked), expected, "{asked}");
        }
        assert_eq!(told(1, "$.a.b"), "$.a.b open");
        assert_eq!(told(1, "b"), "$.b open, $.*.b open");
    }

    #[test]
    fn definitions_that_contain_each_other_end() {
        let rules = "
endpoints:
- pathTemplate: /x
  responseSchema: {$ref: '#/definitions/A'}
definitions:
  A: {properties: {k: {const: a}, x: {anyOf: [{$ref: '#/definitions/A'}, {$ref: '#/definitions/B'}]}}}
  B: {properties: {k: {const: b}, x: {anyOf: [{$ref: '#/definitions/A'}, {$ref: '#/definitions/B'}]}}}
";
        let outline = Outline::read("r", rules).unwrap();
        let endpoint = &outline.endpoints[0];
        for depth in 1..=99 {
            match find(endpoint, &format!("${}.k", ".x".repeat(depth))) {
                Ok(found) => {
                    assert!(found.iter().all(|it| matches!(it, Found::Value(_))), "{depth}: {found:?}")
                }
                Err(why) => assert!(depth > 8 && why.contains("too many ways"), "{depth}: {why}"),
            }
        }
    }

    #[test]
    fn refuses_what_it_cannot_tell() {
        for (asked, why) in [
            ("$..email", "`..` may mean many places"),
            ("users[*].*", "`*` for a name"),
            ("$['users[*]'].email", "close the quotes before"),
            ("$.users.email", "its elements are `$.users[*]`"),
            ("$[*]", "`$` is listed as an object"),
        ] {
            let told = told(0, asked);
            assert!(told.starts_with("refused: ") && told.contains(why), "{asked}: {told}");
        }
    }
}
