//! What `vizard test` prints around the findings.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vizard_review::render::Format;
use vizard_review::trial::exercise::Tally;
use vizard_sanitizer::trials::{Case, Expected};

use super::canaries::Tried;
use super::folder::Folder;

/// The numbers of a run.
pub(super) struct Page<'p> {
    pub(super) folder: &'p Folder,
    pub(super) examples: usize,
    pub(super) cases: &'p [Case],
    pub(super) tally: &'p Tally,
    pub(super) canaries: Option<Tried>,
}

impl Page<'_> {
    /// The rendered findings with the numbers, where the format has a place for them.
    pub(super) fn around(&self, rendered: &str, format: Format) -> String {
        match format {
            Format::Pretty => format!("{}\n{rendered}", self.text()),
            Format::Json => self.json(rendered),
            Format::Compact | Format::Sarif | Format::Junit | Format::Github => rendered.to_owned(),
        }
    }

    /// The kinds of refusals that cases ask for.
    fn refusals(&self) -> BTreeSet<&str> {
        let expected = self.cases.iter().map(|case| &case.expected);
        let codes = expected.filter_map(|expected| match expected {
            Expected::Refused { code } => code.as_deref(),
            Expected::Admitted { .. } => None,
        });
        codes.collect()
    }

    fn text(&self) -> String {
        let Tally { endpoints, fields, transforms, rows } = self.tally;
        let width =
            rows.iter().map(|row| row.endpoint.chars().count()).max().unwrap_or_default().clamp(8, 50);
        let line = |name: &str, examples: &str, fields: &str, transforms: &str| {
            format!("{name:width$} {examples:>8} {fields:>8} {transforms:>10}\n")
        };
        let mut text = format!("{}\n\n", self.folder.rules.display());
        text += &line("endpoint", "examples", "fields", "transforms");
        for row in rows {
            let (fields, transforms) = (row.fields.to_string(), row.transforms.to_string());
            text += &line(&row.endpoint, &row.examples.to_string(), &fields, &transforms);
        }
        text += &line("all", &self.examples.to_string(), &fields.to_string(), &transforms.to_string());
        let all = self.tally.all();
        text += &format!("\nexercised: {all}, {} % ({endpoints} endpoints)\n", all.percent());
        text += &format!("cases:     {}{}\n", self.cases.len(), refusals(self.refusals().len()));
        match &self.canaries {
            Some(tried) => text += &format!("canaries:  {tried}\n"),
            None => text += "canaries:  left out\n",
        }
        text
    }

    fn json(&self, rendered: &str) -> String {
        let Ok(Value::Object(mut report)) = serde_json::from_str(rendered) else {
            return rendered.to_owned();
        };
        let all = self.tally.all();
        report.insert(
            "coverage".to_owned(),
            json!({ "all": all, "percent": all.percent(), "tally": self.tally }),
        );
        report.insert("examples".to_owned(), self.examples.into());
        report.insert("cases".to_owned(), self.cases.len().into());
        report.insert("refusals".to_owned(), json!(self.refusals()));
        let canaries = self.canaries.as_ref().map(|tried| {
            json!({
                "planted": tried.canaries,
                "answers": tried.answers,
                "endpoints": tried.endpoints,
                "kept": tried.kept,
                "bytes_searched": tried.searched,
            })
        });
        report.insert("canaries".to_owned(), canaries.unwrap_or(Value::Null));
        format!("{:#}\n", Value::Object(report))
    }
}

fn refusals(kinds: usize) -> String {
    match kinds {
        0 => String::new(),
        1 => ", 1 kind of refusal".to_owned(),
        _ => format!(", {kinds} kinds of refusals"),
    }
}
