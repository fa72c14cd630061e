//! Files of invented events: the same bytes in every run.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::people::{Person, number, random, time, token};

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// CSV; 20 000 people, some of them far busier than others.
    Csv,
    /// CSV in which nobody comes twice.
    CsvOfStrangers,
    /// NDJSON; the people of the first.
    Ndjson,
}

/// The columns; the third and fourth become pseudonyms.
pub(crate) const HEADER: &str =
    "event_id,occurred_at,employee_id,email,action,feature,department,site,duration,note";

pub(crate) const PSEUDONYMIZED: [usize; 2] = [2, 3];

pub(crate) const COLUMNAR_RULES: &str = "columnsToPseudonymize: [employee_id, email]\n";

pub(crate) const RECORD_RULES: &str = r#"format: NDJSON
transforms:
  - pseudonymize: ["$.actor.id", "$.actor.email"]
  - redact: "$.title"
"#;

const PEOPLE: u64 = 20_000;

const ACTIONS: [&str; 6] = [
    "Summarized a meeting",
    "Asked a question",
    "Composed a message",
    "Shared a whiteboard",
    "Joined",
    "Left early",
];
const FEATURES: [&str; 5] =
    ["Meeting Summary", "Smart Recording", "Team Chat Compose", "In-meeting Questions", "Whiteboard"];
const SITES: [&str; 4] = ["Dublin Pear Quay", "Tokyo Orchard Hall", "Chicago Graft Street", "Remote"];
const NOTES: [&str; 4] = ["", "second floor", "with guests, from outside", "by phone"];

impl Kind {
    pub(crate) fn is_csv(self) -> bool {
        self != Kind::Ndjson
    }

    pub(crate) fn is_called(self, name: &str) -> bool {
        let own = match self {
            Kind::Csv => "csv",
            Kind::CsvOfStrangers => "strangers",
            Kind::Ndjson => "ndjson",
        };
        own == name
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Csv => "people.csv",
            Kind::CsvOfStrangers => "strangers.csv",
            Kind::Ndjson => "people.ndjson",
        }
    }

    /// The file of so many bytes, up to a row; written if it is not there.
    pub(crate) fn file(self, folder: &Path, bytes: u64) -> PathBuf {
        let path = folder.join(format!("{}-{}", bytes / 1_000_000, self.name()));
        if path.exists() {
            return path;
        }
        let unfinished = path.with_extension("unfinished");
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&unfinished).unwrap());
        let mut row = Vec::new();
        let mut written = 0;
        if self.is_csv() {
            row.extend_from_slice(HEADER.as_bytes());
            row.push(b'\n');
        }
        for event in 0.. {
            self.row(event, &mut row);
            written += row.len() as u64;
            if written > bytes {
                break;
            }
            file.write_all(&row).unwrap();
            row.clear();
        }
        file.into_inner().unwrap().sync_all().unwrap();
        fs::rename(unfinished, &path).unwrap();
        path
    }

    fn row(self, event: u64, row: &mut Vec<u8>) {
        let person = Person(match self {
            // A product of two chances: the lower the number, the busier.
            Kind::Csv | Kind::Ndjson => random(event, 1) % PEOPLE * (random(event, 2) % PEOPLE) / PEOPLE,
            Kind::CsvOfStrangers => event,
        });
        let of = |words: &[&'static str], salt| words[(random(event, salt) % words.len() as u64) as usize];
        let (id, email) = (person.staff_number(), person.email("lumen-orchard.example"));
        let (action, feature, site) = (of(&ACTIONS, 3), of(&FEATURES, 4), of(&SITES, 5));
        let (when, duration) = (time(event, 6), number(event, 7, 4));
        let written = if self.is_csv() {
            let quote = |text: &str| if text.contains(',') { format!("\"{text}\"") } else { text.to_owned() };
            let (department, note) = (quote(person.department()), quote(of(&NOTES, 8)));
            let event = token(event, 9);
            writeln!(
                row,
                "{event},{when},{id},{email},{action},{feature},{department},{site},{duration},{note}"
            )
        } else {
            let name = person.name();
            writeln!(
                row,
                r#"{{"event":"{event}","time":"{when}","actor":{{"id":"{id}","email":"{email}"}},"action":"{action}","feature":"{feature}","title":"Pear forecast with {name}","duration":{duration},"site":"{site}","tags":["weekly","internal"],"client":{{"os":"mac","version":"6.2.11","build":46015}},"ok":true}}"#
            )
        };
        written.expect("memory takes it");
    }
}
