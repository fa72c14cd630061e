//! A run goes on where an earlier one ended.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{CSV, Desk, RULES, done};

/// What tells that a file was written anew.
fn states(desk: &Desk) -> Vec<(String, u64, i64, i64)> {
    let state = |name: String| {
        let there = fs::metadata(desk.path(&format!("out/{name}"))).unwrap();
        (name, there.ino(), there.mtime(), there.mtime_nsec())
    };
    desk.names("out").into_iter().map(state).collect()
}

/// Which files were written anew by a run.
fn redone(desk: &Desk, arguments: &[&str], salt: &str) -> Vec<String> {
    let before = states(desk);
    let all = [&["@in", "-o", "@out", "--keep-order"], arguments].concat();
    done(&desk.bulk(&all).with(&[("PSOXY_SALT", salt)]).run());
    states(desk).into_iter().filter(|state| !before.contains(state)).map(|state| state.0).collect()
}

#[test]
fn finished_files_are_left_alone_until_something_changes() {
    let desk = Desk::new(RULES);
    for name in ["in/a.csv", "in/b/c.csv", "in/d.csv"] {
        desk.put(name, CSV);
    }
    let (all, none) = (["a.csv", "b/c.csv", "d.csv"], [""; 0]);
    assert_eq!(redone(&desk, &[], "salt"), all);
    assert_eq!(redone(&desk, &[], "salt"), none);
    assert_eq!(redone(&desk, &["--jobs", "3"], "salt"), none, "as many jobs as you like");
    assert_eq!(redone(&desk, &["--again"], "salt"), all);

    desk.put("in/a.csv", CSV.to_owned() + "2,,\n");
    assert_eq!(redone(&desk, &[], "salt"), ["a.csv"], "another input");
    let later = SystemTime::now() + Duration::from_secs(5);
    fs::File::options().write(true).open(desk.path("in/a.csv")).unwrap().set_modified(later).unwrap();
    assert_eq!(redone(&desk, &[], "salt"), ["a.csv"], "an input that was touched");
    desk.put("out/d.csv", "other");
    assert_eq!(redone(&desk, &[], "salt"), ["d.csv"], "another output");
    fs::remove_file(desk.path("out/b/c.csv")).unwrap();
    assert_eq!(redone(&desk, &[], "salt"), ["b/c.csv"], "no output");
    assert_eq!(redone(&desk, &[], "pepper"), all, "another salt");
    assert_eq!(redone(&desk, &[], "pepper"), none);
    desk.put("rules.yaml", format!("{RULES}columnsToInclude: [id, email]\n"));
    assert_eq!(redone(&desk, &[], "pepper"), all, "other rules");
    assert_eq!(redone(&desk, &["--compress", "gzip"], "pepper"), all, "another wish");
    desk.put("out/.vizard-bulk.json", "{");
    assert_eq!(redone(&desk, &[], "pepper"), all, "no manifest");
    desk.put("in/e.csv", CSV);
    assert_eq!(redone(&desk, &[], "pepper"), ["e.csv"], "a new file");
}

#[test]
fn what_was_done_before_is_told_with_the_rest() {
    let desk = Desk::new(RULES);
    desk.put("in/a.csv", CSV);
    desk.put("in/b.csv", CSV);
    let arguments = ["@in", "-o", "@out", "--summary", "json"];
    done(&desk.bulk(&arguments).run());
    desk.put("in/b.csv", CSV.to_owned() + "2,,\n");
    let ended = desk.bulk(&arguments).run();
    done(&ended);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let statuses: Vec<_> = told["files"].as_array().unwrap().iter().map(|file| &file["status"]).collect();
    assert_eq!(statuses, ["finished-before", "done"]);
    assert_eq!(told["total"]["rows"], 3);
    let ended = desk.bulk(&["@in", "-o", "@out"]).run();
    assert_eq!(ended.stdout.matches("finished before").count(), 2, "{}", ended.stdout);
    assert_eq!(ended.stderr, "");
}

#[test]
fn the_manifest_holds_names_and_numbers_only() {
    let desk = Desk::new(RULES);
    desk.put("in/a.csv", "id,email,phone,Mirela\n1,alice@acme.com,555-0100,Castellan\n");
    done(&desk.bulk(&["@in", "-o", "@out"]).run());
    let manifest = desk.read("out/.vizard-bulk.json");
    for canary in ["alice", "acme", "555", "Mirela", "Castellan", "t~", "\"salt\":\"salt\""] {
        assert!(!manifest.contains(canary), "{canary}: {manifest}");
    }
    let told: Value = serde_json::from_str(&manifest).unwrap();
    let terms = &told["files"]["a.csv"]["terms"];
    assert_eq!(terms["salt"], "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y");
    assert_eq!(terms["rules"].as_str().unwrap().len(), 64);
}
