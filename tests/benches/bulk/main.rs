//! Files of a gigabyte: `vizard bulk` beside the least that there is to do, Python's standard library and DuckDB.
//!
//! ```text
//! cargo bench -p vizard-tests --bench bulk
//! cargo bench -p vizard-tests --bench bulk -- --megabytes 100 --runs 5 --only strangers --output /mnt/disk
//! ```
//!
//! Every contender is a process of its own that reads one file and writes another, the command as it is released. All
//! take turns in each round, so that noise of the machine hits all alike; the table shows medians. The files are made
//! once and stay below the target directory; outputs go into memory (`/dev/shm`) where there is such a place, so that
//! programs are measured and not the disk, and that memory is written and given back before each run, so that nobody
//! waits for a hypervisor to find it. DuckDB comes from PyPI into an environment beside them; where it or
//! `python3` cannot be had, the benchmark says so and goes on without.

#![allow(clippy::unwrap_used, reason = "a benchmark says by panicking what is wrong")]
#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]

mod contenders;
mod floor;
mod generated;
mod process;
mod table;

#[path = "../sanitize/people.rs"]
#[allow(dead_code, reason = "the pages of the other benchmark show more of a person")]
mod people;

use std::fs;
use std::path::{Path, PathBuf};

use contenders::{Contender, contenders};
use generated::Kind;
use vizard_tests::programs::released_command;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    // This program once more, as the floor.
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["floor", "csv", input, output] => return floor::csv(input, output),
        ["floor", "ndjson", input, output] => return floor::ndjson(input, output),
        ["copy", input, output] => return floor::copy(input, output),
        _ => {}
    }
    let wanted = Wanted::of(&words);
    let program = released_command();
    fs::create_dir_all(&wanted.folder).unwrap();
    if !process::can_pin() {
        println!(
            "taskset is not there: nothing is held to one core, and the figures of one core mean little"
        );
    }
    let python = contenders::python(&wanted.folder);
    for (kind, title) in [
        (Kind::Csv, "CSV of 20 000 people"),
        (Kind::CsvOfStrangers, "CSV of people who come once"),
        (Kind::Ndjson, "NDJSON of 20 000 people"),
    ] {
        if !wanted.kinds.contains(&kind) {
            continue;
        }
        let input = kind.file(&wanted.folder, wanted.bytes);
        let contenders = contenders(kind, &program, python.as_ref(), &wanted.folder);
        let taken = rounds(&contenders, &input, &wanted);
        let bytes = fs::metadata(&input).unwrap().len();
        println!("\n## {title}, {} MB, medians of {}\n", bytes / 1_000_000, wanted.runs);
        println!("{}", table::of(&contenders, taken, bytes));
    }
}

/// What the command line asks for.
struct Wanted {
    bytes: u64,
    runs: usize,
    folder: PathBuf,
    output: PathBuf,
    kinds: Vec<Kind>,
}

impl Wanted {
    fn of(words: &[String]) -> Wanted {
        let target = released_command().ancestors().nth(2).unwrap().to_owned();
        let memory = Path::new("/dev/shm");
        let mut wanted = Wanted {
            bytes: 1_000_000_000,
            runs: 3,
            folder: target.join("tests/bulk"),
            output: if memory.is_dir() { memory.to_owned() } else { target.join("tests/bulk") },
            kinds: vec![Kind::Csv, Kind::Ndjson],
        };
        for pair in words.chunks(2) {
            let [name, value] = pair else { panic!("{pair:?} has no value") };
            match name.as_str() {
                "--megabytes" => wanted.bytes = value.parse::<u64>().unwrap() * 1_000_000,
                "--runs" => wanted.runs = value.parse().unwrap(),
                "--output" => wanted.output = value.into(),
                "--only" => {
                    wanted.kinds = vec![Kind::Csv, Kind::CsvOfStrangers, Kind::Ndjson];
                    wanted.kinds.retain(|kind| kind.is_called(value));
                }
                other => panic!("there is no option {other}"),
            }
        }
        wanted
    }
}

/// All contenders in turn, as often as wanted; for each contender what each run took. The outputs of the first round
/// are compared: who does something else is no contender.
fn rounds(contenders: &[Contender], input: &Path, wanted: &Wanted) -> Vec<Vec<process::Taken>> {
    let folder = wanted.output.join(format!("vizard-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (first, output) = (folder.join("first"), folder.join("output"));
    let mut taken = vec![Vec::new(); contenders.len()];
    for round in 0..wanted.runs {
        for (contender, taken) in contenders.iter().zip(&mut taken) {
            // What is there is not written over: that would measure how files are emptied.
            let _ = fs::remove_file(&output);
            process::warm(input, &output);
            taken.push(contender.run(input, &output));
            if round > 0 {
                continue;
            }
            if first.exists() {
                let differs = table::difference(&first, &output, contender.keeps_order);
                assert!(!differs || !contender.is_exact, "{} writes something else", contender.name);
                if differs && !contender.copies() {
                    println!("{}: spells its output otherwise", contender.name);
                }
            } else {
                fs::rename(&output, &first).unwrap();
            }
        }
    }
    let _ = fs::remove_dir_all(folder);
    taken
}
