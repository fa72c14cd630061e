//! What is done to one cell, step after step. A step that gives nothing ends it.

use std::borrow::Cow;

use vizard_pseudonym::{Kind, MissingKey, Pseudonymizer, is_blank};

use super::replacement::Replacement;
use crate::regex::Pattern;

/// How the pseudonyms of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum PseudonymFormat {
    #[default]
    Json,
    UrlSafeToken,
    UrlSafeHashOnly,
}

/// One step.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Keeps a text that matches as a whole, or of it the first group.
    Filter(Pattern),
    /// Puts a text into another. Without an `after` the text itself is left out.
    Format {
        before: String,
        after: Option<String>,
    },
    /// Where the whole text matches, replaces each match in it.
    Replace {
        whole: Pattern,
        find: Pattern,
        by: Replacement,
    },
    Pseudonymize(PseudonymFormat),
}

impl Step {
    pub(super) fn is_pseudonymize(&self) -> bool {
        matches!(self, Step::Pseudonymize(_))
    }
}

/// What became of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// It is empty.
    Nothing,
    /// A pseudonym, or something made of one.
    Pseudonym,
    /// Another text.
    Rewritten,
    /// The same text.
    Kept,
}

impl PseudonymFormat {
    /// Appends the pseudonym of a text, of which a blank one has none. Appends nothing if a key is missing.
    #[inline]
    pub(super) fn append(
        self,
        value: &str,
        keys: &Pseudonymizer,
        out: &mut String,
    ) -> Result<Cell, MissingKey> {
        if is_blank(value) {
            return Ok(Cell::Nothing);
        }
        match self {
            PseudonymFormat::Json => keys.json_into(value, false, false, out)?,
            PseudonymFormat::UrlSafeToken => keys.token_into(value, Kind::Hash, out)?,
            PseudonymFormat::UrlSafeHashOnly => keys.hash_only_into(value, out),
        }
        Ok(Cell::Pseudonym)
    }

    /// Appends the same as a cell of CSV: JSON is quoted, and the others have nothing that must be.
    #[inline]
    pub(super) fn append_to_csv(
        self,
        value: &str,
        keys: &Pseudonymizer,
        out: &mut String,
    ) -> Result<Cell, MissingKey> {
        match self {
            PseudonymFormat::Json if is_blank(value) => Ok(Cell::Nothing),
            PseudonymFormat::Json => keys.json_cell_into(value, out).map(|()| Cell::Pseudonym),
            PseudonymFormat::UrlSafeToken | PseudonymFormat::UrlSafeHashOnly => self.append(value, keys, out),
        }
    }
}

/// Appends what the steps make of a value. Appends nothing if a key is missing.
pub(super) fn run(
    steps: &[Step],
    value: &str,
    keys: &Pseudonymizer,
    out: &mut String,
) -> Result<Cell, MissingKey> {
    if is_blank(value) {
        return Ok(Cell::Nothing);
    }
    let (mut now, mut is_pseudonym) = (Cow::Borrowed(value), false);
    for step in steps {
        let next = match step {
            Step::Filter(pattern) => filter(pattern, now),
            Step::Format { before, after: None } => Some(Cow::Owned(before.clone())),
            Step::Format { before, after: Some(after) } => Some(Cow::Owned(format!("{before}{now}{after}"))),
            Step::Replace { whole, find, by } => match whole.try_match(&now) {
                Ok(false) => Some(now),
                Ok(true) => by.each(find, &now).ok().map(Cow::Owned),
                // Whether it matches is beyond telling, and so is what may stay.
                Err(_) => None,
            },
            Step::Pseudonymize(format) => {
                let mut pseudonym = String::new();
                let made = format.append(&now, keys, &mut pseudonym)?;
                is_pseudonym |= made == Cell::Pseudonym;
                (made == Cell::Pseudonym).then_some(Cow::Owned(pseudonym))
            }
        };
        let Some(next) = next else { return Ok(Cell::Nothing) };
        now = next;
    }
    out.push_str(&now);
    Ok(match &*now {
        "" => Cell::Nothing,
        _ if is_pseudonym => Cell::Pseudonym,
        same if same == value => Cell::Kept,
        _ => Cell::Rewritten,
    })
}

fn filter<'t>(pattern: &Pattern, text: Cow<'t, str>) -> Option<Cow<'t, str>> {
    if pattern.groups() == 0 {
        return pattern.is_match(&text).then_some(text);
    }
    let (start, end) = pattern.captures(&text).ok()??.range(1)?;
    Some(match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..end]),
        Cow::Owned(text) => Cow::Owned(text[start..end].to_owned()),
    })
}
