//! Whether more or less of one field leaves.

use vizard_sanitizer::outline::{FieldPath, Kind, Treatment};

use super::chain::{self, Touch};
use super::what::What;
use crate::fates::{EndpointFates, Fate, Fated, Outcome};

/// Everything that one file says about the values at one path.
pub(super) struct Treated<'f, 'o> {
    /// Once for each kind of value that is listed there; never empty.
    pub(super) fields: &'f [&'f Fated<'o>],
    pub(super) chain: Vec<Touch<'o>>,
}

/// What became of the treatment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    Neutral,
    Shrinks,
    Grows,
    Unproven,
}

impl<'f, 'o> Treated<'f, 'o> {
    pub(super) fn of(fates: &EndpointFates<'o>, fields: &'f [&'f Fated<'o>], path: &FieldPath) -> Self {
        // The sure way to the endpoint's own life time, which its fates borrow.
        Treated { fields, chain: chain::of(fates.endpoint, path) }
    }

    /// The most that becomes of it.
    pub(super) fn worst(&self) -> &Outcome {
        let all = self.fields.iter().map(|it| it.worst());
        all.max_by_key(|it| it.fate)
            .expect("a path is listed at least once, and no field is without an outcome")
    }

    /// All that can become of it, the most first.
    pub(super) fn fates(&self) -> Vec<Fate> {
        let mut all: Vec<Fate> =
            self.fields.iter().flat_map(|it| &it.outcomes).map(|outcome| outcome.fate).collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.dedup();
        all
    }

    /// The fates with the transform that decides about the worst: `kept or dropped`, `limited (redactExcept…)`.
    pub(super) fn words(&self) -> String {
        let words: Vec<&str> = self.fates().into_iter().map(Fate::word).collect();
        let decides = self.chain.iter().rev().find(|it| Some(it.step.name) == self.deciding());
        let by = decides.map(|it| format!(", by {}", chain::said(it.step))).unwrap_or_default();
        format!("{}{by}", words.join(" or "))
    }

    fn deciding(&self) -> Option<&'static str> {
        let place = self.worst().place;
        let mut steps = self.chain.iter().map(|it| it.step);
        steps.find(|step| step.paths.iter().any(|path| path.written.place == place)).map(|step| step.name)
    }

    /// The steps that make pseudonyms of it.
    fn pseudonymizing(&self) -> impl Iterator<Item = &Touch<'o>> {
        self.chain.iter().filter(|it| match it.step.treatment {
            Treatment::Pseudonymize { .. }
            | Treatment::EmailHeader
            | Treatment::PseudonymizeMatches { .. }
            | Treatment::Tokenize { .. }
            | Treatment::HashIp
            | Treatment::EncryptIp => true,
            Treatment::Redact
            | Treatment::CutMatches { .. }
            | Treatment::KeepPhrases { .. }
            | Treatment::KeepMatches { .. }
            | Treatment::KeepWords { .. }
            | Treatment::Digest { .. } => false,
        })
    }
}

pub(super) fn judge(old: &Treated<'_, '_>, new: &Treated<'_, '_>) -> Verdict {
    let (was, is) = (old.fates(), new.fates());
    let same_chain = old.chain.len() == new.chain.len()
        && old.chain.iter().zip(&new.chain).all(|(old, new)| old.same(new));
    if same_chain && was == is {
        return Verdict::Same;
    }
    let (most_before, least_before, most_now) = (was[0], was[was.len() - 1], is[0]);
    if most_now > most_before {
        return Verdict::Grows;
    }
    // What left as a whole can only lose, and what is nothing of the value any more tells nothing of it.
    let whole = matches!(least_before, Fate::Kept | Fate::Original);
    let nothing = matches!(most_now, Fate::Dropped | Fate::Null | Fate::Constant);
    if (most_now < least_before && (whole || nothing)) || (old.chain.is_empty() && kinds(old) == kinds(new)) {
        return Verdict::Shrinks;
    }
    // Of a part and a pseudonym, or of a pseudonym and a length, neither is told by the other: only the transforms tell.
    if most_now <= least_before
        && let Some(verdict) = as_opaque(old, new, (least_before, most_now))
    {
        return if was == is { verdict } else { Verdict::Shrinks };
    }
    if chain_within(&new.chain, &old.chain) {
        return Verdict::Shrinks;
    }
    if chain_within(&old.chain, &new.chain) {
        return Verdict::Grows;
    }
    Verdict::Unproven
}

fn kinds<'f>(treated: &'f Treated<'_, '_>) -> Vec<&'f Kind> {
    treated.fields.iter().map(|it| &it.field.kind).collect()
}

/// Nothing of the value is the same, however it came about; a pseudonym is the same where it is made of the same.
fn as_opaque(old: &Treated<'_, '_>, new: &Treated<'_, '_>, (was, is): (Fate, Fate)) -> Option<Verdict> {
    match (was, is) {
        (Fate::Dropped | Fate::Null | Fate::Constant, _) => Some(Verdict::Neutral),
        (Fate::Pseudonymized | Fate::Reversible, Fate::Pseudonymized | Fate::Reversible) => {
            let (first, before) = old.chain.split_last()?;
            let is_first = |chain: &Treated<'_, '_>| chain.pseudonymizing().next().map(|it| it.step.place);
            let (ours, theirs) = (new.chain.get(..before.len())?, new.chain.get(before.len())?);
            // What is done before it decides what it is made of, and what is done to it may cut off its domain.
            let same_before = ours.iter().zip(before).all(|(ours, theirs)| ours.same(theirs))
                && is_first(old) == Some(first.step.place)
                && is_first(new) == Some(theirs.step.place);
            let within = |touch: &Touch<'_>| {
                chain::settings_within(touch.step, first.step) || touch.step.treatment == Treatment::HashIp
            };
            // An encoding that leaves the domain out tells less.
            let same = |touch: &Touch<'_>| chain::settings_within(first.step, touch.step);
            let verdict = if new.pseudonymizing().all(same) { Verdict::Neutral } else { Verdict::Shrinks };
            let as_often = new.pseudonymizing().any(|it| it.reaches_all_of(first));
            (same_before && as_often && new.pseudonymizing().all(within)).then_some(verdict)
        }
        (
            Fate::Digested
            | Fate::Pseudonymized
            | Fate::Reversible
            | Fate::Limited
            | Fate::Partial
            | Fate::Original
            | Fate::Kept,
            _,
        ) => None,
    }
}

/// Whether the first chain leaves no more of a value than the second: it does the same and then more, or does the last
/// of it more often or more strictly. A step that comes in before others may change what those do.
fn chain_within(a: &[Touch<'_>], b: &[Touch<'_>]) -> bool {
    let same = a.iter().zip(b).take_while(|(a, b)| a.same(b)).count();
    if same == b.len() {
        return true;
    }
    same + 1 == b.len()
        && a.get(same)
            .is_some_and(|one| one.reaches_all_of(&b[same]) && chain::settings_within(one.step, b[same].step))
}

/// The kind of a change of treatment, by what tells the two apart first.
pub(super) fn what(old: &Treated<'_, '_>, new: &Treated<'_, '_>, verdict: Verdict) -> What {
    let (was, is) = (old.fates(), new.fates());
    let grows = matches!(verdict, Verdict::Grows | Verdict::Unproven);
    if grows && is.contains(&Fate::Reversible) && was[0] < Fate::Reversible {
        return What::NewlyReversible;
    }
    if is[0] > was[0] {
        return What::FateWeakened;
    }
    if is[0] < was[0] && !grows {
        return What::FateStrengthened;
    }
    let first = old.chain.iter().zip(&new.chain).find(|(old, new)| !old.same(new));
    match first {
        Some((old, new)) if old.step.name == new.step.name => {
            if !old.same_treatment(new) {
                match &new.step.treatment {
                    Treatment::Digest { .. } => What::KeywordsChanged,
                    Treatment::KeepPhrases { .. }
                    | Treatment::KeepMatches { .. }
                    | Treatment::KeepWords { .. }
                    | Treatment::CutMatches { .. } => What::LimitedRegexChanged,
                    Treatment::Redact
                    | Treatment::Pseudonymize { .. }
                    | Treatment::EmailHeader
                    | Treatment::PseudonymizeMatches { .. }
                    | Treatment::Tokenize { .. }
                    | Treatment::HashIp
                    | Treatment::EncryptIp => What::TreatmentChanged,
                }
            } else if new.reaches_all_of(old) {
                What::ConditionRemoved
            } else if old.reaches_all_of(new) {
                What::ConditionAdded
            } else {
                What::TreatmentChanged
            }
        }
        Some(_) => What::TreatmentChanged,
        None if was == is => What::TreatmentChanged,
        None if grows => What::FateWeakened,
        None => What::FateStrengthened,
    }
}
