//! Outputs are whole or not there: killed, stopped, without room, without a reader.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{CSV, Desk, RULES, SANITIZED, done, rows};

/// A run on a pipe that was given some rows and waits for more.
struct Waiting {
    child: Child,
    _pipe: File,
}

fn waiting(desk: &Desk, arguments: &[&str], hidden: &str) -> Waiting {
    let pipe = desk.path("pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = desk.bulk(arguments).into_command();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = OpenOptions::new().write(true).open(&pipe).unwrap();
    // More than one block, so that some of it is written.
    pipe.write_all(rows(30_000).as_bytes()).unwrap();
    until("the output has begun", || fs::metadata(desk.path(hidden)).is_ok_and(|it| it.len() > 0));
    Waiting { child, _pipe: pipe }
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// The pipe becomes a file with these rows.
fn replace_pipe(desk: &Desk, content: &str) {
    fs::remove_file(desk.path("pipe.csv")).unwrap();
    desk.put("pipe.csv", content);
}

#[test]
fn a_run_that_is_killed_leaves_nothing_visible_and_the_next_one_completes_it() {
    let desk = Desk::new(RULES);
    desk.put("in/a.csv", CSV);
    desk.put("in/b.csv", CSV);
    let arguments = ["@in", "@pipe.csv", "-o", "@out", "--jobs", "1"];
    let mut run = waiting(&desk, &arguments, "out/.pipe.csv.vizard-partial");
    signal(&run.child, "-KILL");
    run.child.wait().unwrap();
    assert_eq!(desk.names("out"), [".pipe.csv.vizard-partial", "a.csv", "b.csv"]);

    replace_pipe(&desk, CSV);
    let ended = desk.bulk(&arguments).run();
    done(&ended);
    assert_eq!(desk.names("out"), ["a.csv", "b.csv", "pipe.csv"]);
    assert_eq!(ended.stderr, "pipe.csv: 1 rows, 41 B in, 66 B out\n", "the others were finished");
    for name in desk.names("out") {
        assert_eq!(desk.read(&format!("out/{name}")), SANITIZED, "{name}");
    }
}

#[test]
fn one_file_killed_halfway_keeps_the_output_that_was_there() {
    let desk = Desk::new(RULES);
    desk.put("out.csv", "as it was");
    let arguments = ["@pipe.csv", "-o", "@out.csv", "--jobs", "1"];
    let mut run = waiting(&desk, &arguments, ".out.csv.vizard-partial");
    signal(&run.child, "-KILL");
    run.child.wait().unwrap();
    assert_eq!(desk.read("out.csv"), "as it was");
    replace_pipe(&desk, CSV);
    done(&desk.bulk(&arguments).run());
    assert_eq!(desk.read("out.csv"), SANITIZED);
    assert!(!desk.path(".out.csv.vizard-partial").exists());
}

#[test]
fn a_run_that_is_stopped_cleans_up_after_itself() {
    for name in ["-INT", "-TERM"] {
        let desk = Desk::new(RULES);
        let arguments = [
            "@pipe.csv",
            "-o",
            "@out.csv",
            "--bad-rows",
            "quarantine",
            "--quarantine",
            "@aside",
            "--jobs",
            "1",
        ];
        let run = waiting(&desk, &arguments, ".out.csv.vizard-partial");
        signal(&run.child, name);
        let output = run.child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{name}: {stderr}");
        assert!(stderr.starts_with("vizard: stopped; "), "{name}: {stderr}");
        assert_eq!(desk.names(""), ["pipe.csv", "rules.yaml"], "{name}");
    }
}

#[test]
fn of_two_runs_at_once_one_gives_way() {
    let desk = Desk::new(RULES);
    desk.put("other.csv", CSV);
    let mut run =
        waiting(&desk, &["@pipe.csv", "-o", "@out/", "--jobs", "1"], "out/.pipe.csv.vizard-partial");
    for arguments in [["@other.csv", "-o", "@out/"], ["@other.csv", "-o", "@out/pipe.csv"]] {
        let ended = desk.bulk(&arguments).run();
        assert_eq!(ended.code, 74, "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("another run writes"), "{arguments:?}: {}", ended.stderr);
    }
    assert_eq!(desk.names("out"), [".pipe.csv.vizard-partial"], "the first one was not disturbed");
    drop(run._pipe);
    assert_eq!(run.child.wait().unwrap().code(), Some(0));
    assert_eq!(desk.names("out"), ["pipe.csv"]);
}

/// Ends the mount.
struct Mounted<'d>(&'d Path);

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn where_there_is_no_room_nothing_is_left() {
    let desk = Desk::new(RULES);
    desk.put("in/a.csv", CSV);
    desk.put("in/b.csv", rows(30_000));
    desk.put("in/c.csv", CSV);
    // A disk of a quarter of a megabyte, where one may be mounted.
    let out = desk.path("out");
    fs::create_dir(&out).unwrap();
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(&out).output();
    if mount.is_ok_and(|it| it.status.success()) {
        let _mounted = Mounted(&out);
        let ended = desk.bulk(&["@in", "-o", "@out", "--jobs", "1"]).run();
        assert_eq!(ended.code, 74, "{}", ended.stderr);
        assert!(
            ended.stderr.contains("vizard: b.csv: there is no room left for the output"),
            "{}",
            ended.stderr
        );
        assert!(ended.stderr.contains("vizard: 1 files were not begun\n"), "{}", ended.stderr);
        assert_eq!(desk.names("out"), ["a.csv"]);
        desk.put("in/b.csv", CSV);
        done(&desk.bulk(&["@in", "-o", "@out"]).run());
        assert_eq!(desk.names("out"), ["a.csv", "b.csv", "c.csv"]);
    }
    // Files of no more than 64 KiB, everywhere.
    let command = desk.bulk(&["@in/b.csv", "-o", "@limited.csv"]).into_command();
    desk.put("in/b.csv", rows(30_000));
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 128; exec \"$@\"", "sh"]);
    limited.arg(command.get_program()).args(command.get_args()).env_clear().env("PSOXY_SALT", "salt");
    let output = limited.stdin(Stdio::null()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(74), "{stderr}");
    assert!(stderr.contains("vizard: b.csv: the output cannot be written"), "{stderr}");
    assert!(!desk.path("limited.csv").exists() && !desk.path(".limited.csv.vizard-partial").exists());
}

#[test]
fn standard_output_that_takes_nothing_is_an_error() {
    let desk = Desk::new(RULES);
    desk.put("people.csv", rows(30_000));
    let command = || desk.bulk(&["@people.csv", "-o", "-"]).into_command();
    if let Ok(full) = File::options().write(true).open("/dev/full") {
        let output = command().stdin(Stdio::null()).stdout(full).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(74), "{stderr}");
        assert!(stderr.contains("there is no room left"), "{stderr}");
    }
    // A reader who has gone away wants no words.
    let mut child =
        command().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(74), "{stderr}");
    assert_eq!(stderr, "");
}

#[test]
fn what_cannot_be_read_halfway_has_no_output() {
    let desk = Desk::new(RULES);
    // A directory opens as a file does, and cannot be read.
    let output =
        desk.bulk(&["-", "-o", "@out.csv"]).into_command().stdin(File::open(desk.0.path()).unwrap()).output();
    let output = output.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(66), "{stderr}");
    assert!(!desk.path("out.csv").exists() && !desk.path(".out.csv.vizard-partial").exists());
}
