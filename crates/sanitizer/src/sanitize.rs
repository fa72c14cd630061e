//! A response body in, a sanitized one out: the only way to make a [`Sanitized`].

use std::fmt;

use vizard_pseudonym::Pseudonymizer;

use crate::counts::Counts;
use crate::json::{self, Documents, Scanner};
use crate::pass::{Pass, Stop};
use crate::program::Program;
use crate::transform::Context;
use crate::tree;
use crate::unsanitizable::Unsanitizable;

/// Text that transforms may write for one body, in bytes: a pseudonym can be many times the length of what
/// it stands for, and a body may be made of nothing else.
pub(crate) const MAX_WRITTEN: usize = 256 << 20;

/// How the caller wants pseudonyms spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// As `X-Psoxy-Pseudonym-Implementation: v0.3` asks: reversible tokens as JSON text.
    pub legacy_encoding: bool,
}

/// A body that may leave: every rule has been applied to it.
pub struct Sanitized {
    body: Vec<u8>,
    counts: Counts,
}

impl Sanitized {
    /// The sanitized body: compact JSON, one document per line.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The sanitized body, taken.
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }

    /// What was done to it.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Stable codes of what the caller should know about the body, fit for a header.
    pub fn warnings(&self) -> Vec<&'static str> {
        let Counts { nulled, undecided, augments_skipped, .. } = self.counts;
        let all = [
            (nulled, "values-of-wrong-kind"),
            (undecided, "condition-undecided"),
            (augments_skipped, "augments-skipped"),
        ];
        all.into_iter().filter(|(count, _)| *count > 0).map(|(_, code)| code).collect()
    }
}

impl fmt::Debug for Sanitized {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sanitized").field("bytes", &self.body.len()).field("counts", &self.counts).finish()
    }
}

/// Runs the program over each JSON document of the body. One that cannot be read refuses the whole body.
pub(crate) fn sanitize(
    program: &Program,
    body: &[u8],
    keys: &Pseudonymizer,
    options: Options,
) -> Result<Sanitized, Unsanitizable> {
    let Some(automaton) = &program.automaton else { return by_tree(program, body, keys, options) };
    let context = Context { keys, options, counts: Counts::default(), may_write: MAX_WRITTEN };
    let mut pass = Pass::new(program, automaton, Scanner::new(body)?, context, String::new());
    while let Some(mark) = pass.next() {
        match pass.document() {
            Ok(()) => {}
            Err(Stop::Refused(why)) => return Err(why),
            Err(Stop::NeedsTree) => pass.document_by_tree(mark)?,
        }
    }
    let (out, counts, scalars) = pass.finish();
    Ok(sanitized(out, counts, scalars))
}

/// The same by the tree executor alone.
pub(crate) fn by_tree(
    program: &Program,
    body: &[u8],
    keys: &Pseudonymizer,
    options: Options,
) -> Result<Sanitized, Unsanitizable> {
    let mut context = Context { keys, options, counts: Counts::default(), may_write: MAX_WRITTEN };
    let mut out = String::with_capacity(body.len() + body.len() / 8);
    let mut scalars = 0;
    for document in Documents::new(body)? {
        let mut document = document?;
        tree::run(program, &mut document, &mut context).map_err(|stopped| Unsanitizable::at(stopped.0, 0))?;
        if !out.is_empty() {
            out.push('\n');
        }
        json::write(&document, &mut out);
        scalars += document.scalars();
    }
    Ok(sanitized(out, context.counts, scalars))
}

fn sanitized(out: String, mut counts: Counts, scalars: u64) -> Sanitized {
    let changed = counts.pseudonymized + counts.rewritten + counts.nulled;
    counts.kept = scalars.saturating_sub(changed);
    Sanitized { body: out.into_bytes(), counts }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{keys, program};
    use crate::unsanitizable::Reason;

    #[test]
    fn transforms_may_write_only_so_much() {
        let program = program("  transforms: [!<pseudonymize> {jsonPaths: ['$[*]']}]").unwrap();
        for (may_write, stops) in [(90, false), (89, true)] {
            let mut context =
                Context { keys: keys(), options: Options::default(), counts: Counts::default(), may_write };
            let mut document = json::parse(b"[1,2]").unwrap();
            let stopped = tree::run(&program, &mut document, &mut context).err().map(|stopped| stopped.0);
            assert_eq!(stopped, stops.then_some(Reason::OutputLength), "{may_write}");
        }
    }
}
