//! The one text that leaves as it is where all others are held to what somebody listed: a line that was lost.

use std::collections::BTreeMap;

use vizard_sanitizer::outline::{Kind, Part};

use super::found::Found;
use super::reviewed::{Judged, Leaf, Reviewed};
use super::{kept, request};
use crate::fates::Fate;

/// How many texts must be held to lists for the odd one to be odd.
const FEWEST: usize = 2;

/// The texts of an object, or of a whole answer.
#[derive(Default)]
struct Texts<'j> {
    limited: usize,
    clear: Vec<&'j Leaf<'j>>,
}

pub(super) fn lint(reviewed: &Reviewed<'_>, found: &mut Found) {
    for judged in &reviewed.endpoints {
        let mut all = Texts::default();
        let mut objects: BTreeMap<&[Part], Texts<'_>> = BTreeMap::new();
        for leaf in judged.leaves.iter().filter(|leaf| is_text(leaf)) {
            all.add(leaf);
            if let Some(above) = kept::above(leaf) {
                objects.entry(above).or_default().add(leaf);
            }
        }
        let odd = [&all].into_iter().chain(objects.values()).filter_map(Texts::odd);
        let mut odd: Vec<&Leaf<'_>> = odd.collect();
        odd.sort_by_key(|leaf| leaf.fated.worst().place);
        odd.dedup_by_key(|leaf| leaf.fated.worst().place);
        odd.into_iter().for_each(|leaf| report(judged, leaf, found));
    }
}

fn is_text(leaf: &Leaf<'_>) -> bool {
    let name = leaf.fated.field.path.name().unwrap_or_default();
    leaf.fated.field.kind == Kind::String && !request::is_page_token(name)
}

impl<'j> Texts<'j> {
    fn add(&mut self, leaf: &'j Leaf<'j>) {
        match leaf.worst() {
            Fate::Limited => self.limited += 1,
            Fate::Kept => self.clear.push(leaf),
            Fate::Dropped
            | Fate::Null
            | Fate::Constant
            | Fate::Digested
            | Fate::Pseudonymized
            | Fate::Reversible
            | Fate::Partial
            | Fate::Original => {}
        }
    }

    /// What looks personal is reported for that.
    fn odd(&self) -> Option<&'j Leaf<'j>> {
        match self.clear.as_slice() {
            [one] if self.limited >= FEWEST && one.looks.is_none() => Some(one),
            _ => None,
        }
    }
}

fn report(judged: &Judged<'_>, leaf: &Leaf<'_>, found: &mut Found) {
    let field = &leaf.fated.field.path;
    let message =
        format!("`{field}` leaves in clear, and every other text around it is held to what is listed");
    found
        .at("lone-kept-text", leaf.fated.worst().place, message)
        .endpoint(judged.index)
        .field(field)
        .help("name it in the transform that holds the others, or do not list it");
}
