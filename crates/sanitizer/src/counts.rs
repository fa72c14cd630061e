//! What sanitizing did, in numbers: for the audit line and the warning headers.

/// Counts over one body. None of them says anything about a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// JSON documents in the body.
    pub documents: u64,
    /// Scalar values that left as they came.
    pub kept: u64,
    /// Members and elements that were dropped, each with all that was in it.
    pub removed: u64,
    /// Values that became pseudonyms.
    pub pseudonymized: u64,
    /// Values that a transform changed without making a pseudonym: digests, cut texts.
    pub rewritten: u64,
    /// Values that became null because they were of a kind the rules do not expect there.
    pub nulled: u64,
    /// Documents in which a filter or condition could not be asked, so that the safe answer was taken.
    pub undecided: u64,
    /// Documents whose augments were skipped because the source itself sent a name beginning with `+`.
    pub augments_skipped: u64,
}
