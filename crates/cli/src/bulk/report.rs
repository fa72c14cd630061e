//! What came of each file: a table for people, a document for machines, and what failed.

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;
use vizard_bulk::failure::Failure;

use crate::bulk::board::size;
use crate::bulk::figures::Figures;
use crate::bulk::plan::{Input, Item, Output};
use crate::exit::Code;

/// What came of a file.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// Its output is visible.
    Done(Figures),
    /// It was so before this run, which has left it alone.
    Before(Figures),
    /// It has no output, or the one it had.
    Failed(Trouble),
    /// No rules are for it, and that is no failure.
    Unmatched,
    /// An output failed before it was its turn.
    NotBegun,
}

/// Why a file failed.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// How the run ends because of it.
    pub(crate) code: Code,
    pub(crate) failure: Failure,
    /// A reader who has gone away wants no words.
    pub(crate) unsaid: bool,
}

impl Trouble {
    pub(crate) fn new(code: Code, failure: Failure) -> Trouble {
        Trouble { code, failure, unsaid: false }
    }
}

impl Outcome {
    /// One line without the name.
    pub(crate) fn in_short(&self) -> String {
        match self {
            Outcome::Done(figures) => {
                let Figures { rows, rejected, bytes_in, bytes_out, .. } = figures;
                let aside = if *rejected > 0 { format!(", {rejected} rejected") } else { String::new() };
                format!("{rows} rows{aside}, {} in, {} out", size(*bytes_in), size(*bytes_out))
            }
            Outcome::Before(_) => "finished before".to_owned(),
            Outcome::Failed(_) => "failed".to_owned(),
            Outcome::Unmatched => "skipped: no rules are for it".to_owned(),
            Outcome::NotBegun => "not begun".to_owned(),
        }
    }

    fn status(&self) -> &'static str {
        match self {
            Outcome::Done(_) => "done",
            Outcome::Before(_) => "finished-before",
            Outcome::Failed(_) => "failed",
            Outcome::Unmatched => "skipped",
            Outcome::NotBegun => "not-begun",
        }
    }

    fn figures(&self) -> Option<&Figures> {
        match self {
            Outcome::Done(figures) | Outcome::Before(figures) => Some(figures),
            Outcome::Failed(_) | Outcome::Unmatched | Outcome::NotBegun => None,
        }
    }
}

/// A row for each file, and one for all where there are several.
pub(crate) fn table(files: &[(&Item, &Outcome)]) -> String {
    let head = ["file", "rows", "columns", "pseudonyms", "changed", "rejected", "in", "out", ""];
    let mut rows: Vec<[String; 9]> = vec![head.map(str::to_owned)];
    for (item, outcome) in files {
        let remark = match outcome {
            Outcome::Done(_) => String::new(),
            Outcome::Before(_) | Outcome::Failed(_) | Outcome::NotBegun => outcome.status().replace('-', " "),
            Outcome::Unmatched => "no rules".to_owned(),
        };
        let columns = outcome.figures().map(|it| it.columns_touched.to_string());
        rows.push(row(&visible(&item.name), outcome.figures(), columns.as_deref(), remark));
    }
    if files.len() > 1 {
        rows.push(row("all", Some(&total(files)), None, String::new()));
    }
    let mut widths = [0; 9];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (i, (cell, width)) in row.iter().zip(widths).enumerate() {
            let padding = " ".repeat(width - cell.width());
            match i {
                0 => line += &format!("{cell}{padding}"),
                8 => line += &format!("  {cell}"),
                _ => line += &format!("  {padding}{cell}"),
            }
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

fn row(name: &str, figures: Option<&Figures>, columns: Option<&str>, remark: String) -> [String; 9] {
    let number = |of: fn(&Figures) -> u64| figures.map_or_else(|| "-".to_owned(), |it| of(it).to_string());
    let bytes = |of: fn(&Figures) -> u64| figures.map_or_else(|| "-".to_owned(), |it| size(of(it)));
    [
        name.to_owned(),
        number(|it| it.rows),
        columns.unwrap_or(if figures.is_some() { "" } else { "-" }).to_owned(),
        number(|it| it.pseudonyms),
        number(|it| it.changed),
        number(|it| it.rejected),
        bytes(|it| it.bytes_in),
        bytes(|it| it.bytes_out),
        remark,
    ]
}

fn total(files: &[(&Item, &Outcome)]) -> Figures {
    let mut total = Figures::default();
    files.iter().filter_map(|(_, outcome)| outcome.figures()).for_each(|figures| total.add(figures));
    total
}

/// The same for machines. What is there stays; more may be added.
pub(crate) fn document(files: &[(&Item, &Outcome)], rules: &str, rules_sha256: &str) -> String {
    let told: Vec<Value> = files.iter().map(|(item, outcome)| file(item, outcome)).collect();
    let count = |status: &str| files.iter().filter(|(_, outcome)| outcome.status() == status).count();
    let Figures { rows, pseudonyms, changed, rejected, bytes_in, bytes_read, bytes_out, .. } = total(files);
    let document = json!({
        "version": 1,
        "rules": { "file": rules, "sha256": rules_sha256 },
        "files": told,
        "total": {
            "files": files.len(),
            "done": count("done"),
            "finished_before": count("finished-before"),
            "failed": count("failed"),
            "skipped": count("skipped"),
            "not_begun": count("not-begun"),
            "rows": rows,
            "pseudonyms": pseudonyms,
            "changed": changed,
            "rejected": rejected,
            "bytes_in": bytes_in,
            "bytes_read": bytes_read,
            "bytes_out": bytes_out,
        },
    });
    format!("{document:#}\n")
}

fn file(item: &Item, outcome: &Outcome) -> Value {
    let mut told = json!({
        "name": item.name,
        "input": match &item.input {
            Input::Standard => "-".to_owned(),
            Input::File(path, _) => path.display().to_string(),
            Input::Object(uri, _) => uri.to_string(),
        },
        "output": match &item.output {
            Output::Standard => "-".to_owned(),
            Output::File(path) => path.display().to_string(),
            Output::Object(uri) => uri.to_string(),
        },
        "status": outcome.status(),
    });
    if let Some(figures) = outcome.figures() {
        told["figures"] = json!(figures);
        if figures.rejected > 0 {
            told["rejected"] = json!(item.rejected.as_ref().map(|path| path.display().to_string()));
        }
    }
    if let Outcome::Failed(Trouble { failure, .. }) = outcome {
        let place = failure.place;
        told["failure"] = json!({
            "code": failure.code,
            "message": failure.message,
            "line": place.line,
            "record": place.record,
            "column": place.column,
        });
    }
    told
}

/// A name that does not steer the terminal.
pub(crate) fn visible(name: &str) -> String {
    vizard_proof::visible(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use vizard_bulk::failure::Place;

    fn item(name: &str) -> Item {
        Item {
            name: name.to_owned(),
            path: name.to_owned(),
            input: Input::Standard,
            output: Output::File(format!("out/{name}").into()),
            rejected: Some(format!("aside/{name}.rejected.ndjson").into()),
        }
    }

    fn outcomes() -> [(Item, Outcome); 4] {
        let figures = Figures {
            rows: 1200,
            columns_touched: 3,
            pseudonyms: 2400,
            changed: 7,
            rejected: 2,
            rejected_for: [("ragged".to_owned(), 2)].into(),
            bytes_in: 52_000,
            bytes_read: 52_000,
            bytes_out: 61_234,
            ..Figures::default()
        };
        let failure = Failure::new("ragged-row", "the row has too few values");
        let failure = failure.at(Place { line: Some(9), record: Some(8), column: None });
        [
            (item("a.csv"), Outcome::Done(figures.clone())),
            (item("b/日.csv"), Outcome::Before(figures)),
            (item("c\u{1b}.csv"), Outcome::Failed(Trouble::new(Code::Unsanitizable, failure))),
            (item("notes.txt"), Outcome::Unmatched),
        ]
    }

    #[test]
    fn people_get_a_table() {
        let outcomes = outcomes();
        let files: Vec<(&Item, &Outcome)> = outcomes.iter().map(|(item, outcome)| (item, outcome)).collect();
        let expected = "\
file       rows  columns  pseudonyms  changed  rejected       in      out
a.csv      1200        3        2400        7         2  52.0 kB  61.2 kB
b/日.csv   1200        3        2400        7         2  52.0 kB  61.2 kB  finished before
c\u{fffd}.csv        -        -           -        -         -        -        -  failed
notes.txt     -        -           -        -         -        -        -  no rules
all        2400                 4800       14         4   104 kB   122 kB
";
        assert_eq!(table(&files), expected);
        assert_eq!(table(&files[..1]).lines().count(), 2);
    }

    #[test]
    fn machines_get_a_document() {
        let outcomes = outcomes();
        let files: Vec<(&Item, &Outcome)> = outcomes.iter().map(|(item, outcome)| (item, outcome)).collect();
        let told: Value = serde_json::from_str(&document(&files, "rules.yaml", "ab")).unwrap();
        assert_eq!(told["files"][0]["figures"]["rejected_for"], json!({ "ragged": 2 }));
        assert_eq!(told["files"][0]["rejected"], "aside/a.csv.rejected.ndjson");
        let failure = json!({
            "code": "ragged-row", "message": "the row has too few values", "line": 9, "record": 8, "column": null,
        });
        assert_eq!(told["files"][2]["failure"], failure);
        assert_eq!(told["files"][3]["status"], "skipped");
        let total = &told["total"];
        assert_eq!((&total["files"], &total["failed"], &total["rows"]), (&json!(4), &json!(1), &json!(2400)));
    }
}
