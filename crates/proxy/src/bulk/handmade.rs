//! What outputs say of themselves that somebody makes from their own machine, by hand.

use vizard_bulk::compression::Compression;
use vizard_bulk::failure::Failure;
use vizard_bulk::sanitize::Plan;

use super::destination::{effective_type, readable, type_of};
use super::form::{self, Stamp};
use crate::ports::{FileForm, FileHead, FilePlace};

/// An output in a bucket that no event has led to. It names no instance, so that no instance takes it for its own.
#[derive(Debug, Clone, Copy)]
pub struct Handmade<'h> {
    /// What the file is called.
    pub name: &'h str,
    /// Where it was read, if that is a bucket.
    pub source: Option<(&'h FilePlace, &'h FileHead)>,
    /// The rules as they are written.
    pub rules: &'h str,
    /// The fingerprint of the salt.
    pub salt: &'h str,
    /// What the file was read as and is written as.
    pub plan: Plan,
    /// How it is compressed.
    pub compression: Compression,
}

impl Handmade<'_> {
    /// What the output is declared to be.
    pub fn form(&self) -> FileForm {
        let stamp = Stamp::new(None, Some(self.rules), self.salt);
        let content_type = match self.plan.read == self.plan.written {
            true => effective_type(self.name, self.source.and_then(|(_, head)| head.content_type.as_deref())),
            false => Some(type_of(self.plan.written).to_owned()),
        };
        form::by_hand(&stamp, self.source, content_type, self.compression.content_encoding())
    }

    /// Whether a file can be read that says this of itself.
    ///
    /// # Errors
    ///
    /// When it is declared to be encoded in a way that nobody here knows.
    pub fn readable(head: &FileHead) -> Result<(), Failure> {
        readable(head)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vizard_bulk::format::Format;

    use super::*;

    #[test]
    fn an_output_made_by_hand_says_of_what_it_was_made() {
        let place = FilePlace { bucket: "orchard-input".to_owned(), key: "week/people.csv".to_owned() };
        let head = FileHead {
            size: 1,
            content_type: Some("text/plain".to_owned()),
            content_encoding: None,
            metadata: BTreeMap::new(),
            version: "17".to_owned(),
        };
        let plan = Plan { read: Format::Csv, written: Format::Csv, assumed: false };
        let made = Handmade {
            name: "week/people.csv",
            source: Some((&place, &head)),
            rules: "columnsToRedact: [phone]\n",
            salt: "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y",
            plan,
            compression: Compression::Gzip,
        };
        let form = made.form();
        assert_eq!(form.content_type.as_deref(), Some("text/plain"));
        assert_eq!(form.content_encoding.as_deref(), Some("gzip"));
        let names: Vec<&str> = form.metadata.iter().map(|(name, _)| name.as_str()).collect();
        let all = [
            "psoxy-version",
            "psoxy-original-object-key",
            "psoxy-rules-sha",
            "psoxy-salt-sha",
            "vizard-source-version",
        ];
        assert_eq!(names, all);

        let local = Handmade { source: None, compression: Compression::None, ..made };
        let form = local.form();
        assert_eq!(
            (form.content_type.as_deref(), form.content_encoding),
            (Some("text/csv; charset=utf-8"), None)
        );
        let names: Vec<&str> = form.metadata.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["psoxy-version", "psoxy-rules-sha", "psoxy-salt-sha"]);

        let other = Plan { written: Format::Parquet, ..plan };
        let form = Handmade { plan: other, ..made }.form();
        assert_eq!(form.content_type.as_deref(), Some("application/vnd.apache.parquet"));
    }
}
