//! The fields of one endpoint on both sides.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use vizard_sanitizer::outline::{self, Endpoint, FieldPath, Outline, Part};

use super::calls::Based;
use super::described::{Described, described};
use super::listed::{Listed, listed};
use super::types::{fits, nulls};
use super::{EndpointCoverage, FieldCoverage, Standing};
use crate::fates::Fate;
use crate::finding::Finding;
use crate::personal::{self, Candidate, Value};
use crate::words;

/// One endpoint and the calls that it is for. `before` is what an earlier description had.
pub(super) fn compare(
    bare: &Outline,
    endpoint: &Endpoint,
    operations: &[&Based<'_>],
    before: Option<&HashSet<&FieldPath>>,
    argued: &[&Finding],
) -> EndpointCoverage {
    let described = described(operations);
    let about = match endpoint.is_regex {
        true => operations.first().map_or("", |it| personal::subject(&it.path)),
        false => personal::subject(&endpoint.path.text),
    };
    let listed = listed(bare, endpoint, &described);
    let mut fields = Comparison::new(endpoint, about, &described, &listed).rows(before);
    if described.is_empty() {
        // Nothing can be said of what is listed, but for what should be looked at in any case.
        fields.retain(|it| it.standing == Standing::KeptPersonal);
    }
    for field in &mut fields {
        field.argued = reason(argued, &endpoint.path.text, field);
    }
    // Within a section what is new comes first, then what is surely personal.
    fields.sort_by_key(|it| (it.standing, Reverse(it.is_new), Reverse(it.looks.map(|it| it.strength))));
    EndpointCoverage {
        path: endpoint.path.text.clone(),
        methods: words::methods(endpoint),
        line: endpoint.place.line,
        calls: operations.iter().map(|it| it.call()).collect(),
        is_open: endpoint.fields.is_none(),
        is_cut: operations.iter().any(|it| it.operation.is_cut),
        has_no_answer: !operations.is_empty() && !described.iter().any(Described::says_something),
        fields,
        place: endpoint.path.place,
    }
}

/// What the author said of the field; `check` says one thing once of a definition that several endpoints use.
fn reason(argued: &[&Finding], endpoint: &str, field: &FieldCoverage) -> Option<String> {
    let same = |it: &&&Finding| {
        let named = it.endpoint.as_deref() == Some(endpoint) && it.field.as_deref() == Some(&field.field);
        it.code.starts_with("kept-") && (named || it.place.is_some() && it.place == field.place)
    };
    argued.iter().filter(same).find_map(|it| it.suppressed.clone())
}

struct Comparison<'c, 'd> {
    about: &'c str,
    described: &'c [Described<'d>],
    by_path: HashMap<&'c FieldPath, &'c Described<'d>>,
    listed: &'c [Listed],
    by_listed: HashMap<&'c FieldPath, &'c Listed>,
    /// Every place above a listed leaf.
    above_listed: HashSet<FieldPath>,
    /// Objects and lists of the rules that are described as something else: all in them becomes null.
    clashing: Vec<(&'c outline::Field, &'c Described<'d>)>,
}

impl<'c, 'd> Comparison<'c, 'd> {
    fn new(
        endpoint: &'c Endpoint,
        about: &'c str,
        described: &'c [Described<'d>],
        listed: &'c [Listed],
    ) -> Comparison<'c, 'd> {
        let above = |it: &Listed| {
            (0..it.path.0.len()).map(|end| FieldPath(it.path.0[..end].to_vec())).collect::<Vec<_>>()
        };
        let by_path: HashMap<&FieldPath, &Described<'d>> = described.iter().map(|it| (it.path, it)).collect();
        let by_listed: HashMap<&FieldPath, &Listed> = listed.iter().map(|it| (&it.path, it)).collect();
        let containers = endpoint.fields.iter().flatten().filter(|it| !it.is_leaf());
        let clashing = containers.filter_map(|container| {
            let described = *by_path.get(&container.path)?;
            let clashes =
                !fits(&container.kind, &described.kinds) && !by_listed.contains_key(&container.path);
            clashes.then_some((container, described))
        });
        Comparison {
            clashing: clashing.collect(),
            about,
            described,
            by_path,
            listed,
            by_listed,
            above_listed: listed.iter().flat_map(above).collect(),
        }
    }

    fn rows(&self, before: Option<&HashSet<&FieldPath>>) -> Vec<FieldCoverage> {
        let leaves = self.described.iter().filter(|it| it.is_leaf() && *it.path != FieldPath::ROOT);
        let mut rows: Vec<FieldCoverage> = leaves
            .map(|it| FieldCoverage {
                is_new: before.is_some_and(|before| !before.contains(it.path)),
                ..self.of_described(it)
            })
            .collect();
        rows.extend(self.containers());
        rows.extend(self.listed.iter().filter_map(|it| self.of_listed_only(it)));
        rows
    }

    fn of_described(&self, it: &Described<'d>) -> FieldCoverage {
        let looks = it.looks(self.about);
        let row = |standing, listed: Option<&Listed>, fates: Vec<Fate>| FieldCoverage {
            field: it.path.to_string(),
            standing,
            described: it.kinds.iter().map(|kind| kind.word()).collect(),
            is_known: true,
            listed: listed.map(|it| it.kind.word()),
            fates,
            null_where: listed.map(|own| nulls(&own.kind, &it.kinds)).unwrap_or_default(),
            line: listed.map(|it| it.place.line),
            looks,
            nearest: None,
            is_new: false,
            only_in_example: it.faces.iter().all(|it| it.only_in_example),
            argued: None,
            place: listed.map(|it| it.place),
        };
        if let Some(own) = self.by_listed.get(it.path) {
            if !fits(&own.kind, &it.kinds) {
                return row(Standing::TypeDiffers, Some(own), vec![Fate::Null]);
            }
            let clear = own.fates.first().is_some_and(|it| it.is_clear());
            let standing = if clear && looks.is_some() { Standing::KeptPersonal } else { Standing::Both };
            return row(standing, Some(own), own.fates.clone());
        }
        if it.is_open() && self.above_listed.contains(it.path) {
            return row(Standing::Open, None, vec![Fate::Dropped]);
        }
        // What is listed once more at any depth is listed here, too.
        if let Some(again) = self.listed.iter().find(|own| is_again(own) && own.path.holds(it.path)) {
            return row(Standing::Both, Some(again), again.fates.clone());
        }
        let standing = if looks.is_some() { Standing::DroppedPersonal } else { Standing::Dropped };
        row(standing, None, vec![Fate::Dropped])
    }

    fn containers(&self) -> impl Iterator<Item = FieldCoverage> {
        self.clashing.iter().map(|(container, described)| FieldCoverage {
            field: container.path.to_string(),
            standing: Standing::TypeDiffers,
            described: described.kinds.iter().map(|kind| kind.word()).collect(),
            is_known: true,
            listed: Some(container.kind.word()),
            fates: vec![Fate::Null],
            null_where: Vec::new(),
            line: Some(container.place.line),
            looks: None,
            nearest: None,
            is_new: false,
            only_in_example: described.faces.iter().all(|it| it.only_in_example),
            argued: None,
            place: Some(container.place),
        })
    }

    fn of_listed_only(&self, own: &Listed) -> Option<FieldCoverage> {
        // Digests that augments add are the proxy's own.
        if own.kind == outline::Kind::Digest || is_again(own) {
            return None;
        }
        let standing = match self.knows(&own.path) {
            Known::Elsewhere => return None,
            Known::Open => Standing::Open,
            Known::Not => Standing::NotDescribed,
        };
        let looks = personal::looks(&Candidate::new(self.about, &own.path, Value::from(&own.kind)));
        let clear = own.fates.first().is_some_and(|it| it.is_clear());
        let is_kept = clear && looks.is_some_and(|it| it.is_strong());
        Some(FieldCoverage {
            field: own.path.to_string(),
            standing: if is_kept { Standing::KeptPersonal } else { standing },
            described: Vec::new(),
            is_known: standing == Standing::Open,
            listed: Some(own.kind.word()),
            fates: own.fates.clone(),
            null_where: Vec::new(),
            line: Some(own.place.line),
            looks: looks.filter(|_| clear),
            nearest: if standing == Standing::NotDescribed { self.nearest(&own.path) } else { None },
            is_new: false,
            only_in_example: false,
            argued: None,
            place: Some(own.place),
        })
    }

    /// How the description knows the place.
    fn knows(&self, path: &FieldPath) -> Known {
        // What is listed in something of another type is told once, there.
        if self.by_path.contains_key(path) || self.clashing.iter().any(|(it, _)| it.path.holds(path)) {
            return Known::Elsewhere;
        }
        // Members of any name stand there under `*`.
        let candidates = self.described.iter().filter(|it| it.path.0.contains(&Part::AnyName));
        if candidates.clone().any(|it| is_instance(path, it.path)) {
            return Known::Open;
        }
        let above = (0..path.0.len()).rev().find_map(|end| {
            let above = FieldPath(path.0[..end].to_vec());
            self.by_path
                .get(&above)
                .copied()
                .or_else(|| candidates.clone().find(|it| is_instance(&above, it.path)))
        });
        if above.is_some_and(Described::is_open) { Known::Open } else { Known::Not }
    }

    /// A described field that is not listed and may have been meant: of nearly the same name at the same place, or of
    /// the same name elsewhere.
    fn nearest(&self, path: &FieldPath) -> Option<String> {
        let name = path.name()?;
        let free =
            || self.described.iter().filter(|it| it.is_leaf() && !self.by_listed.contains_key(it.path));
        let beside = |it: &&Described<'d>| {
            it.path.0.len() == path.0.len()
                && it.path.0.split_last().map(|it| it.1) == path.0.split_last().map(|it| it.1)
        };
        let close = free().filter(beside).filter_map(|it| {
            let distance = strsim::damerau_levenshtein(name, it.path.name()?);
            (distance <= (name.chars().count() / 4).clamp(1, 3)).then_some((distance, it))
        });
        let close = close.min_by_key(|(distance, _)| *distance).map(|(_, it)| it);
        // A name that is used in many places says nothing.
        let mut same = free().filter(|it| it.path.name() == Some(name));
        let moved = same.next().filter(|_| same.next().is_none());
        close.or(moved).map(|it| it.path.to_string())
    }
}

/// How the description knows a listed place.
enum Known {
    /// It has a row of its own, or one above it tells.
    Elsewhere,
    /// Something stands above it of which the description does not say what is in it.
    Open,
    /// It does not.
    Not,
}

fn is_again(listed: &Listed) -> bool {
    matches!(listed.kind, outline::Kind::Again { .. })
}

/// Whether a path is one of those that a path with any names stands for.
fn is_instance(path: &FieldPath, general: &FieldPath) -> bool {
    path.0.len() == general.0.len()
        && path
            .0
            .iter()
            .zip(&general.0)
            .all(|(own, of)| own == of || *of == Part::AnyName && *own != Part::Element)
}
