//! What is seen at a terminal.

use std::process::{Command, Stdio};

use super::{Desk, RULES, SALT, rows};

#[test]
fn at_a_terminal_there_is_a_bar_that_goes_away() {
    let desk = Desk::new(RULES);
    for i in 0..4 {
        desk.put(&format!("in/{i}.csv"), rows(20_000));
    }
    let run = desk.bulk(&["@in", "-o", "@out", "--jobs", "1"]).into_command();
    let mut command = Command::new("python3");
    command.arg("-I").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/command/terminal.py"));
    command
        .args(["/usr/bin/env", &format!("{}={}", SALT.0, SALT.1)])
        .arg(run.get_program())
        .args(run.get_args());
    let output = command.stdin(Stdio::null()).output().unwrap();
    let seen = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{seen}");
    let (bars, after) = seen.rsplit_once("\r\u{1b}[K").unwrap();
    // How often it is drawn depends on how fast the machine is.
    assert!(bars.contains("% [") && bars.contains(" of 4.1 MB  ") && bars.contains("  file "), "{seen}");
    assert!(after.starts_with("file ") && after.contains("\nall "), "{seen}");
    assert!(!seen.contains("0.csv: "), "{seen}");
}
