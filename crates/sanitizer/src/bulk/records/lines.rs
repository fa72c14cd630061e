//! A program over the documents of a block, one after the other, with what each layout demands of them.

use vizard_pseudonym::Pseudonymizer;

use super::{BadRecord, Flaw, Layout};
use crate::counts::Counts;
use crate::json::{self, Scanner};
use crate::pass::{Pass, Stop};
use crate::program::Program;
use crate::sanitize::{MAX_WRITTEN, Options};
use crate::transform::Context;
use crate::tree;
use crate::unsanitizable::{Reason, Unsanitizable};

/// What becomes of the documents, each in a line of its own, and what was done.
pub(super) fn run(
    program: &Program,
    block: &[u8],
    layout: Layout,
    keys: &Pseudonymizer,
    room: String,
) -> Result<(String, Counts), BadRecord> {
    match Scanner::new(block) {
        Ok(scan) => documents(program, scan, layout, keys, room),
        Err(why) => Err(not_text(program, block, layout, keys, why)),
    }
}

/// Which record it is that is no text: the one that ends too early if the block ends before what is no text.
#[cold]
fn not_text(
    program: &Program,
    block: &[u8],
    layout: Layout,
    keys: &Pseudonymizer,
    why: Unsanitizable,
) -> BadRecord {
    let before = &block[..why.offset()];
    let flaw = Flaw::Unsanitizable(why);
    let Ok(scan) = Scanner::new(before) else { return BadRecord { index: 0, offset: 0, flaw } };
    match documents(program, scan, layout, keys, String::new()) {
        // What a complete record lacks cannot be blamed on what follows it.
        Err(bad) if bad.flaw != Flaw::Unsanitizable(Unsanitizable::at(Reason::Syntax, before.len())) => bad,
        Err(bad) => BadRecord { flaw, ..bad },
        Ok((_, counts)) => BadRecord { index: counts.documents, offset: before.len(), flaw },
    }
}

fn documents(
    program: &Program,
    scan: Scanner<'_>,
    layout: Layout,
    keys: &Pseudonymizer,
    room: String,
) -> Result<(String, Counts), BadRecord> {
    let text = scan.text();
    let context =
        Context { keys, options: Options::default(), counts: Counts::default(), may_write: MAX_WRITTEN };
    let mut place = Place { text, layout, index: 0, end: None };
    let (mut out, mut counts, scalars) = match &program.automaton {
        Some(automaton) => {
            let mut pass = Pass::new(program, automaton, scan, context, room);
            while let Some(mark) = pass.next() {
                let begin = mark.at;
                place.begin(begin)?;
                let done = match pass.document() {
                    Err(Stop::NeedsTree) => pass.document_by_tree(mark),
                    Err(Stop::Refused(why)) => Err(why),
                    Ok(()) => Ok(()),
                };
                done.map_err(|why| place.bad(begin, Flaw::Unsanitizable(why)))?;
                place.end(begin, pass.at())?;
            }
            pass.finish()
        }
        None => by_tree(program, scan, context, &mut place, room)?,
    };
    if !out.is_empty() {
        out.push('\n');
    }
    let changed = counts.pseudonymized + counts.rewritten + counts.nulled;
    counts.kept = scalars.saturating_sub(changed);
    Ok((out, counts))
}

fn by_tree(
    program: &Program,
    mut scan: Scanner<'_>,
    mut context: Context<'_>,
    place: &mut Place<'_>,
    mut out: String,
) -> Result<(String, Counts, u64), BadRecord> {
    out.clear();
    let mut scalars = 0;
    loop {
        scan.skip_space();
        if scan.peek().is_none() {
            return Ok((out, context.counts, scalars));
        }
        let begin = scan.at;
        place.begin(begin)?;
        let done = json::document(&mut scan).and_then(|mut document| {
            tree::run(program, &mut document, &mut context)
                .map_err(|stopped| Unsanitizable::at(stopped.0, begin))?;
            Ok(document)
        });
        let document = done.map_err(|why| place.bad(begin, Flaw::Unsanitizable(why)))?;
        place.end(begin, scan.at)?;
        if !out.is_empty() {
            out.push('\n');
        }
        json::write(&document, &mut out);
        scalars += document.scalars();
    }
}

/// Where documents stand.
struct Place<'a> {
    text: &'a str,
    layout: Layout,
    /// Of the document.
    index: u64,
    /// Where the one before it ends.
    end: Option<usize>,
}

impl Place<'_> {
    fn bad(&self, offset: usize, flaw: Flaw) -> BadRecord {
        BadRecord { index: self.index, offset, flaw }
    }

    fn begin(&self, at: usize) -> Result<(), BadRecord> {
        if self.text.as_bytes()[at] != b'{' {
            return Err(self.bad(at, Flaw::NoObject));
        }
        match self.end {
            Some(end) if self.layout == Layout::Lines && !ends_a_line(&self.text[end..at]) => {
                Err(self.bad(at, Flaw::SharedLine))
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self, begin: usize, at: usize) -> Result<(), BadRecord> {
        if self.layout == Layout::Lines && ends_a_line(&self.text[begin..at]) {
            return Err(self.bad(begin, Flaw::SeveralLines));
        }
        self.end = Some(at);
        self.index += 1;
        Ok(())
    }
}

fn ends_a_line(text: &str) -> bool {
    memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_some()
}
