//! What was done to files, in numbers, as it is kept and told.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vizard_bulk::summary::Summary;

/// A summary that outlives the run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Figures {
    pub(crate) rows: u64,
    pub(crate) columns_touched: u64,
    pub(crate) pseudonyms: u64,
    pub(crate) changed: u64,
    pub(crate) rejected: u64,
    pub(crate) rejected_for: BTreeMap<String, u64>,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_read: u64,
    pub(crate) bytes_out: u64,
    pub(crate) warnings: BTreeMap<String, u64>,
}

impl From<Summary> for Figures {
    fn from(summary: Summary) -> Figures {
        let Summary {
            rows,
            rejected,
            rejected_for,
            columns_touched,
            pseudonyms,
            changed,
            bytes_in,
            bytes_read,
            bytes_out,
            warnings,
        } = summary;
        Figures {
            rows,
            columns_touched,
            pseudonyms,
            changed,
            rejected,
            rejected_for: named(rejected_for),
            bytes_in,
            bytes_read,
            bytes_out,
            warnings: named(warnings),
        }
    }
}

impl Figures {
    /// Takes in those of another file. Columns of different files are not the same and are not added.
    pub(crate) fn add(&mut self, other: &Figures) {
        self.rows += other.rows;
        self.pseudonyms += other.pseudonyms;
        self.changed += other.changed;
        self.rejected += other.rejected;
        self.bytes_in += other.bytes_in;
        self.bytes_read += other.bytes_read;
        self.bytes_out += other.bytes_out;
    }
}

fn named(counts: BTreeMap<&'static str, u64>) -> BTreeMap<String, u64> {
    counts.into_iter().map(|(code, times)| (code.to_owned(), times)).collect()
}
