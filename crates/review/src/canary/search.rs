//! Is any canary in these bytes, in whatever disguise?
//!
//! Disguises are taken off, one after another and in every order, and each view is searched for all canaries at once:
//! as they were planted, and with letter case, accents and normal forms ignored, forwards and backwards. The work is
//! linear in the bytes, times what the disguises add, which is bounded.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use aho_corasick::{AhoCorasick, MatchKind};

use super::fold::fold;
use super::inflate::inflate;
use super::layer::{Layer, View};
use super::plant::{Canary, Piece};

/// All canaries, ready to be looked for.
#[derive(Debug)]
pub struct Search {
    exact: AhoCorasick,
    folded: AhoCorasick,
    /// One for each pattern of `exact`.
    exactly: Vec<(usize, Piece)>,
    /// One for each pattern of `folded`.
    loosely: Vec<(usize, Piece, Spelling)>,
}

/// How a canary was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Form {
    /// The disguises, outermost first.
    pub layers: Vec<Layer>,
    /// What was below them.
    pub spelling: Spelling,
}

/// How a canary is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spelling {
    /// As planted, or in a usual form of it: a number in exponents, an address without its plus tag.
    Exact,
    /// In another letter case or normal form.
    Folded,
    /// Backwards.
    Reversed,
}

/// What a search found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The simplest form of each, by the number of the canary.
    pub hits: BTreeMap<(usize, Piece), Form>,
    /// What was not searched because the bounds were reached: then nothing is proven.
    pub cut_short: bool,
}

impl Search {
    /// Looks for these; their positions are their numbers.
    pub fn of(canaries: &[Canary]) -> Search {
        let (mut exact, mut exactly, mut folded, mut loosely) = (vec![], vec![], vec![], vec![]);
        for (number, canary) in canaries.iter().enumerate() {
            for (text, piece) in canary.needles() {
                let reversed: String = text.chars().rev().collect();
                folded.extend([fold(text.as_bytes()), fold(reversed.as_bytes())]);
                loosely.extend([(number, piece, Spelling::Folded), (number, piece, Spelling::Reversed)]);
                exact.push(text);
                exactly.push((number, piece));
            }
        }
        let build = |patterns: &[&[u8]]| {
            let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(patterns);
            automaton.expect("patterns of a few bytes each, no more than the documents that hold them")
        };
        let bytes: Vec<&[u8]> = folded.iter().map(Vec::as_slice).collect();
        let texts: Vec<&[u8]> = exact.iter().map(String::as_bytes).collect();
        Search { exact: build(&texts), folded: build(&bytes), exactly, loosely }
    }

    /// Everything of them that `bytes` hold.
    pub fn find(&self, bytes: &[u8]) -> Found {
        let mut found = Found::default();
        let mut budget = BUDGET.saturating_add(bytes.len().saturating_mul(GROWTH));
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let mut seen = HashSet::from([hasher.hash_one(bytes)]);
        let mut level = vec![(View { bytes: bytes.to_vec(), is_text: true }, Vec::new())];
        for depth in 0..=DEPTH {
            let mut next = Vec::new();
            for (view, layers) in level {
                self.look(&view.bytes, &layers, &mut found.hits);
                if depth == DEPTH {
                    found.cut_short |= !layers.is_empty() && goes_deeper(&layers);
                    continue;
                }
                for (layer, below) in below(&view, &mut budget, &mut found.cut_short) {
                    if seen.insert(hasher.hash_one(&below.bytes)) {
                        next.push((below, [layers.as_slice(), &[layer]].concat()));
                    }
                }
            }
            level = next;
        }
        found
    }

    /// What `bytes` hold without any disguise.
    pub(super) fn glance(&self, bytes: &[u8]) -> BTreeMap<(usize, Piece), Form> {
        let mut hits = BTreeMap::new();
        self.look(bytes, &[], &mut hits);
        hits
    }

    fn look(&self, view: &[u8], layers: &[Layer], hits: &mut BTreeMap<(usize, Piece), Form>) {
        let mut note = |number, piece, spelling| {
            let form = Form { layers: layers.to_vec(), spelling };
            let known = hits.entry((number, piece)).or_insert_with(|| form.clone());
            if form.simplicity() < known.simplicity() {
                *known = form;
            }
        };
        for found in self.exact.find_overlapping_iter(view) {
            let (number, piece) = self.exactly[found.pattern()];
            note(number, piece, Spelling::Exact);
        }
        for found in self.folded.find_overlapping_iter(&fold(view)) {
            let (number, piece, spelling) = self.loosely[found.pattern()];
            note(number, piece, spelling);
        }
    }
}

/// The views one disguise further down, as long as they fit.
fn below(view: &View, budget: &mut usize, cut_short: &mut bool) -> Vec<(Layer, View)> {
    let inflated = inflate(&view.bytes, *budget);
    *cut_short |= !inflated.whole;
    let inflated = inflated.views.into_iter();
    let mut views: Vec<(Layer, View)> =
        inflated.map(|(layer, bytes)| (layer, View { bytes, is_text: true })).collect();
    if view.is_text {
        for layer in Layer::TEXTUAL {
            views.extend(layer.take_off(&view.bytes).into_iter().map(|below| (layer, below)));
        }
    }
    views.retain(|(_, below)| {
        let fits = below.bytes.len() <= *budget;
        *budget = budget.saturating_sub(below.bytes.len());
        *cut_short |= !fits;
        fits
    });
    views
}

/// Whether a fifth disguise is likely rather than chance: bombs are made of compression in compression.
fn goes_deeper(layers: &[Layer]) -> bool {
    let compressed = |layer: &Layer| matches!(layer, Layer::Gzip | Layer::Zlib | Layer::Zstd);
    layers.iter().all(compressed)
}

impl Form {
    /// Fewer disguises are simpler, then a plainer spelling.
    fn simplicity(&self) -> (usize, Spelling) {
        (self.layers.len(), self.spelling)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spelling = match self.spelling {
            Spelling::Exact if self.layers.is_empty() => "as it was",
            Spelling::Exact => "",
            Spelling::Folded => "in another letter case or normal form",
            Spelling::Reversed => "backwards",
        };
        let layers = self.layers.iter().rev().map(Layer::to_string);
        let words: Vec<String> = std::iter::once(spelling.to_owned()).chain(layers).collect();
        out.write_str(words.join(", ").trim_start_matches(", "))
    }
}

/// Disguises on top of each other.
const DEPTH: usize = 4;
/// Bytes of all views together, for any input.
const BUDGET: usize = 16 * 1024 * 1024;
/// And as many times the input.
const GROWTH: usize = 64;

#[cfg(test)]
mod tests;
