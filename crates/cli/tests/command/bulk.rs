//! `vizard bulk`.

mod buckets;
mod progress;
mod resume;
mod rows;
mod whole;

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::run::{Ended, Run, vizard};

const RULES: &str =
    "columnsToPseudonymize: [email]\ncolumnsToRedact: [phone]\npseudonymFormat: URL_SAFE_TOKEN\n";
const CSV: &str = "id,email,phone\n1,alice@acme.com,555-0100\n";
const SANITIZED: &str = "id,email\n1,t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com\n";
const SALT: (&str, &str) = ("PSOXY_SALT", "salt");

/// A directory with the rules.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new(rules: &str) -> Desk {
        let desk = Desk(tempfile::tempdir().unwrap());
        desk.put("rules.yaml", rules);
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every file below a directory but the manifest, hidden ones too.
    fn names(&self, folder: &str) -> Vec<String> {
        let root = self.path(folder);
        let (mut names, mut folders) = (Vec::new(), vec![root.clone()]);
        while let Some(folder) = folders.pop() {
            let Ok(entries) = fs::read_dir(&folder) else { continue };
            for entry in entries {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    names.push(path.strip_prefix(&root).unwrap().display().to_string());
                }
            }
        }
        names.retain(|name| name != ".vizard-bulk.json");
        names.sort();
        names
    }

    /// The verb on files of this directory: what begins with `@` is one.
    fn bulk(&self, arguments: &[&str]) -> Run {
        let here = |argument: &&str| match argument.strip_prefix('@') {
            Some(name) => self.path(name).to_str().unwrap().to_owned(),
            None => (*argument).to_owned(),
        };
        let arguments: Vec<String> =
            ["bulk", "--rules", "@rules.yaml"].iter().chain(arguments).map(here).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        vizard(&arguments).with(&[SALT])
    }
}

/// Rows with an address each.
fn rows(count: usize) -> String {
    let mut text = "id,email,phone\n".to_owned();
    for i in 0..count {
        text += &format!("{i},person{i}@lumen-orchard.example,555-{i:07}\n");
    }
    text
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn done(ended: &Ended) {
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn a_file_goes_from_and_to_files_and_standard_streams() {
    let desk = Desk::new(RULES);
    desk.put("people.csv", CSV);
    let table = "\
file        rows  columns  pseudonyms  changed  rejected    in   out
people.csv     1        2           1        0         0  41 B  66 B
";
    let ended = desk.bulk(&["@people.csv", "-o", "@out.csv"]).run();
    let stderr = "people.csv: 1 rows, 41 B in, 66 B out\n".to_owned();
    assert_eq!(ended, Ended { code: 0, stdout: table.to_owned(), stderr: stderr.clone() });
    assert_eq!((desk.read("out.csv").as_str(), mode(&desk.path("out.csv"))), (SANITIZED, 0o600));

    let ended = desk.bulk(&["@people.csv", "-o", "-"]).run();
    let both = stderr + table;
    assert_eq!(ended, Ended { code: 0, stdout: SANITIZED.to_owned(), stderr: both });
    for arguments in [["-", "-o", "-"], ["@people.csv", "-o", "-"]] {
        let ended = desk.bulk(&[arguments.as_slice(), &["--quiet"]].concat()).input(CSV).run();
        assert_eq!(ended, Ended { code: 0, stdout: SANITIZED.to_owned(), stderr: String::new() });
    }
    done(&desk.bulk(&["-", "-o", "@new/", "--stdin-name", "week/people.csv"]).input(CSV).run());
    assert_eq!(desk.read("new/week/people.csv"), SANITIZED);
    assert_eq!(desk.names("new"), ["week/people.csv"]);
}

#[test]
fn a_directory_becomes_one_of_the_same_shape() {
    let desk = Desk::new(RULES);
    for name in ["in/a.csv", "in/b/c.csv", "in/b/d/e.csv", "in/.hidden.csv", "in/.git/f.csv"] {
        desk.put(name, CSV);
    }
    symlink(desk.path("in/a.csv"), desk.path("in/link.csv")).unwrap();
    desk.put("more.csv", CSV);
    let ended = desk.bulk(&["@in", "@more.csv", "-o", "@out", "--summary", "json"]).run();
    done(&ended);
    assert_eq!(desk.names("out"), ["a.csv", "b/c.csv", "b/d/e.csv", "more.csv"]);
    for name in desk.names("out") {
        assert_eq!(desk.read(&format!("out/{name}")), SANITIZED, "{name}");
    }
    assert!(ended.stderr.contains("symbolic links are not followed:\n"), "{}", ended.stderr);
    assert!(ended.stderr.contains("in/link.csv\n"), "{}", ended.stderr);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let figures = serde_json::json!({
        "rows": 1, "columns_touched": 2, "pseudonyms": 1, "changed": 0, "rejected": 0, "rejected_for": {},
        "bytes_in": 41, "bytes_read": 41, "bytes_out": 66, "warnings": {},
    });
    assert_eq!(told["files"][2]["name"], "b/d/e.csv");
    assert_eq!(told["files"][2]["figures"], figures);
    assert_eq!(told["files"][2]["output"], desk.path("out/b/d/e.csv").to_str().unwrap());
    assert_eq!((&told["total"]["done"], &told["total"]["pseudonyms"]), (&4.into(), &4.into()));
}

#[test]
fn compression_is_told_by_content_and_kept_or_chosen() {
    let desk = Desk::new(RULES);
    desk.put("packed.csv.gz", gzip(CSV));
    desk.put("misnamed.csv", gzip(CSV));
    desk.put("plain.csv.gz", CSV);
    let out = |arguments: &[&str]| {
        done(&desk.bulk(&[&["-o", "@out.csv", "--quiet"], arguments].concat()).run());
        fs::read(desk.path("out.csv")).unwrap()
    };
    let unzipped = |bytes: &[u8]| {
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    };
    assert_eq!(unzipped(&out(&["@packed.csv.gz"])), SANITIZED);
    assert_eq!(unzipped(&out(&["@misnamed.csv"])), SANITIZED);
    assert_eq!(out(&["@plain.csv.gz"]), SANITIZED.as_bytes());
    assert_eq!(out(&["@packed.csv.gz", "--compress", "none"]), SANITIZED.as_bytes());
    assert_eq!(unzipped(&out(&["@plain.csv.gz", "--compress", "gzip"])), SANITIZED);
    let zstd = out(&["@plain.csv.gz", "--compress", "zstd"]);
    assert_eq!(zstd[..4], [0x28, 0xb5, 0x2f, 0xfd]);
    desk.put("rules.yaml", "columnsToInclude: [id]");
    desk.put("packed.csv.zst", zstd);
    assert_eq!(out(&["@packed.csv.zst", "--compress", "none"]), b"id\n1\n");
}

#[test]
fn records_are_written_in_the_format_that_is_asked_for() {
    let desk = Desk::new("format: AUTO\ntransforms:\n- pseudonymize: $.email\n- redact: $.phone\n");
    desk.put("people.ndjson", "{\"id\":1,\"email\":\"alice@acme.com\",\"phone\":\"555\"}\n");
    let token = "t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com";
    for (format, expected) in [
        (vec![], format!("{{\"id\":1,\"email\":\"{token}\",\"phone\":null}}\n")),
        (vec!["--format", "json-array"], format!("[{{\"id\":1,\"email\":\"{token}\",\"phone\":null}}]")),
        (vec!["--format", "csv"], format!("id,email,phone\n1,{token},\n")),
    ] {
        let ended = desk.bulk(&[&["@people.ndjson", "-o", "-", "--quiet"], format.as_slice()].concat()).run();
        assert_eq!((ended.code, ended.stdout), (0, expected), "{format:?}: {}", ended.stderr);
    }
}

#[cfg(feature = "parquet")]
#[test]
fn parquet_goes_both_ways() {
    let desk = Desk::new("format: AUTO\ntransforms:\n- pseudonymize: $.email\n- redact: $.phone\n");
    desk.put("people.ndjson", "{\"id\":1,\"email\":\"alice@acme.com\",\"phone\":\"555\"}\n");
    done(&desk.bulk(&["@people.ndjson", "-o", "@people.parquet", "--format", "parquet"]).run());
    assert!(fs::read(desk.path("people.parquet")).unwrap().starts_with(b"PAR1"));
    desk.put("rules.yaml", "format: PARQUET\ntransforms:\n- redact: $.id\n");
    let ended = desk.bulk(&["@people.parquet", "-o", "-", "--format", "ndjson", "--quiet"]).run();
    let token = "t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com";
    let expected = format!("{{\"id\":null,\"email\":\"{token}\",\"phone\":null}}\n");
    assert_eq!((ended.code, ended.stdout), (0, expected), "{}", ended.stderr);
}

#[test]
fn files_without_rules_stop_the_run_before_it_begins_unless_they_are_left_out() {
    let desk = Desk::new("fileRules:\n  /hr/{week}/people.csv:\n    columnsToRedact: [email, phone]\n");
    desk.put("in/hr/9/people.csv", CSV);
    desk.put("in/hr/9/notes.txt", "alice");
    let ended = desk.bulk(&["@in", "-o", "@out"]).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (65, ""));
    assert!(
        ended.stderr.contains("1 of 2 files") && ended.stderr.contains("\n  hr/9/notes.txt\n"),
        "{}",
        ended.stderr
    );
    assert!(!desk.path("out").exists());
    let ended = desk.bulk(&["@in", "-o", "@out", "--skip-unmatched"]).run();
    done(&ended);
    assert_eq!(desk.names("out"), ["hr/9/people.csv"]);
    assert!(ended.stdout.contains("no rules\n"), "{}", ended.stdout);
    let ended = desk.bulk(&["-", "--stdin-name", "hr/9/people.csv", "-o", "-", "--quiet"]).input(CSV).run();
    assert_eq!((ended.code, ended.stdout.as_str()), (0, "id\n1\n"), "{}", ended.stderr);
}

#[test]
fn the_command_line_the_rules_and_the_keys_are_looked_at_first() {
    let desk = Desk::new(RULES);
    desk.put("people.csv", CSV);
    let cases: [(&[&str], i32, &str); 9] = [
        (&["@people.csv", "-o", "@people.csv"], 64, "which is read"),
        (&["@people.csv", "-o", "@rules.yaml"], 64, "which is read"),
        (&["@people.csv"], 64, "--output"),
        (&["@people.csv", "-o", "@out", "--bad-rows", "quarantine"], 64, "needs --quarantine"),
        (&["@people.csv", "-o", "@out", "--quarantine", "@q"], 64, "--bad-rows quarantine"),
        (&["@people.csv", "-o", "@out", "--seed", "1", "--keep-order"], 64, "--seed"),
        (&["@people.csv", "-o", "@out", "--jobs", "0"], 64, "--jobs"),
        (&["@people.csv", "-o", "@out", "--max-bytes", "many"], 64, "--max-bytes"),
        (&["@nobody.csv", "-o", "@out"], 66, "nobody.csv"),
    ];
    for (arguments, code, words) in cases {
        let ended = desk.bulk(arguments).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (code, ""), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
    let ended = desk.bulk(&["@people.csv", "-o", "@out"]).with(&[("PSOXY_SALT", "")]).run();
    assert_eq!(ended.code, 78);
    assert!(ended.stderr.contains("PSOXY_SALT is not set"), "{}", ended.stderr);
    desk.put("rules.yaml", "columnsToPseudonymise: [email]\n");
    let ended = desk.bulk(&["@people.csv", "-o", "@out"]).run();
    assert_eq!(ended.code, 78);
    assert!(ended.stderr.contains("rules.yaml:1:1"), "{}", ended.stderr);
    assert!(!desk.path("out").exists());
}

#[test]
fn as_many_jobs_as_you_like_make_the_same_bytes() {
    let desk = Desk::new(RULES);
    // Several blocks.
    desk.put("in/large.csv", rows(60_000));
    for i in 0..5 {
        desk.put(&format!("in/{i}.csv"), rows(700 + i));
    }
    let mut all = Vec::new();
    for jobs in ["1", "2", "4"] {
        let out = format!("@out{jobs}");
        done(&desk.bulk(&["@in", "-o", &out, "--seed", "11", "--jobs", jobs, "--quiet"]).run());
        let names = desk.names(&out[1..]);
        assert_eq!(names.len(), 6);
        all.push(names.iter().map(|name| desk.read(&format!("{}/{name}", &out[1..]))).collect::<Vec<_>>());
    }
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    // The same rows as in order, and not in order.
    let kept = desk.bulk(&["@in/large.csv", "-o", "-", "--keep-order", "--quiet"]).run().stdout;
    let shuffled = all[0].last().unwrap();
    let sorted = |text: &str| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_ne!(&kept, shuffled);
    assert_eq!(sorted(&kept), sorted(shuffled));
    assert!(kept.lines().skip(1).enumerate().all(|(i, line)| line.starts_with(&format!("{i},t~"))));
    let unseeded = || desk.bulk(&["@in/large.csv", "-o", "-", "--quiet"]).run().stdout;
    assert_ne!(unseeded(), unseeded());
}
