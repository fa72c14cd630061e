//! What all files of a run share.

use std::path::Path;

use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::bulk::BulkRules;

use crate::bulk::board::Board;
use crate::bulk::buckets::Buckets;
use crate::bulk::figures::Figures;
use crate::bulk::manifest::Manifest;
use crate::bulk::partial::Partials;
use crate::bulk::plan::{Input, Item, Output, Plan, Stamp};
use crate::bulk::wishes::{Seed, Wishes};
use crate::exit;

/// Files, rules, keys, and what keeps track of them.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) plan: Plan,
    pub(crate) rules: BulkRules,
    /// As they are written.
    pub(crate) rules_text: String,
    pub(crate) keys: Pseudonymizer,
    pub(crate) wishes: Wishes,
    pub(crate) seed: Seed,
    /// Threads for all files together.
    pub(crate) jobs: usize,
    /// Finished files are left alone no more.
    pub(crate) again: bool,
    /// Of an output directory.
    pub(crate) manifest: Option<Manifest>,
    pub(crate) partials: Partials,
    pub(crate) buckets: Buckets,
    pub(crate) board: Board,
}

impl Run {
    /// Whether no rules are for a file.
    pub(crate) fn is_unmatched(&self, item: &Item) -> bool {
        self.rules.for_path(&item.path).is_none()
    }

    /// Whether there is something to do about a file.
    pub(crate) fn is_to_do(&self, item: &Item) -> bool {
        !self.is_unmatched(item) && self.before(item).is_none()
    }

    /// What was done to a file, if an earlier run has finished it.
    pub(crate) fn before(&self, item: &Item) -> Option<Figures> {
        let (Some(manifest), Input::File(from, Some(stamp)), Output::File(to)) =
            (&self.manifest, &item.input, &item.output)
        else {
            return None;
        };
        let figures = manifest.finished(&item.name, from, *stamp, to).filter(|_| !self.again)?;
        // Rows that were set aside are a part of what is finished.
        let aside = figures.rejected == 0 || item.rejected.as_deref().is_some_and(Path::is_file);
        aside.then_some(figures)
    }

    /// Notes a file as finished.
    pub(crate) fn note(&self, item: &Item, stamp: Option<Stamp>, figures: &Figures) {
        let (Some(manifest), Input::File(from, _), Output::File(to), Some(stamp)) =
            (&self.manifest, &item.input, &item.output, stamp)
        else {
            return;
        };
        let noted = std::fs::metadata(to).and_then(|there| {
            manifest.note(&item.name, from, stamp, there.len(), figures.clone(), &self.partials)
        });
        // The output is whole; only the next run has more to do.
        let _ = noted;
    }

    /// Writes down what is finished. The outputs are whole even if that cannot be done.
    pub(crate) fn settle(&self) {
        let settled = self.manifest.as_ref().map_or(Ok(()), |manifest| manifest.settle(&self.partials));
        if let Err(error) = settled {
            exit::remark(format_args!(
                "warning: what is finished could not be written down, so that it will be done again: {error}"
            ));
        }
    }

    /// Ends all that is under way; nothing becomes visible any more.
    pub(crate) fn stop(&self) {
        self.partials.stop();
        self.buckets.cut();
        self.board.close();
    }
}
