//! Who is measured, and how each is told to work.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use vizard_tests::repository;

use crate::generated::{COLUMNAR_RULES, Kind, RECORD_RULES};
use crate::process::{self, Taken};

/// A pinned version, so that figures of two days can be compared.
const DUCKDB: &str = "duckdb==2.0.0";

/// A program that makes a sanitized file of a file.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) cores: usize,
    /// Rows come out in the order of the input.
    pub(crate) keeps_order: bool,
    /// It writes the same bytes as the first contender; others write the same values.
    pub(crate) is_exact: bool,
    program: PathBuf,
    /// With `INPUT` and `OUTPUT` where those belong.
    arguments: Vec<OsString>,
}

impl Contender {
    /// It does nothing to what it reads.
    pub(crate) fn copies(&self) -> bool {
        self.name == COPY
    }

    pub(crate) fn run(&self, input: &Path, output: &Path) -> Taken {
        let place = |word: &OsString| match word.to_str() {
            Some("INPUT") => input.into(),
            Some("OUTPUT") => output.into(),
            _ => word.clone(),
        };
        let arguments: Vec<OsString> = self.arguments.iter().map(place).collect();
        process::run(&self.program, &arguments, self.cores)
    }
}

/// Pythons with what they need.
pub(crate) struct Python {
    plain: PathBuf,
    with_duckdb: Option<PathBuf>,
}

/// Finds `python3`, and makes an environment with DuckDB.
pub(crate) fn python(folder: &Path) -> Option<Python> {
    let works = |program: &Path, code: &str| {
        let mut command = Command::new(program);
        command.args(["-c", code]).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|it| it.success())
    };
    let plain = PathBuf::from("python3");
    if !works(&plain, "import hashlib") {
        println!("python3 is not there: no figures of Python and DuckDB");
        return None;
    }
    let environment = folder.join(DUCKDB);
    let inside = environment.join("bin/python");
    if !works(&inside, "import duckdb") {
        let mut make = Command::new(&plain);
        let mut install = Command::new(&inside);
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", DUCKDB]);
        let _ = make.args(["-m", "venv"]).arg(&environment).status();
        let _ = install.status();
    }
    let with_duckdb = works(&inside, "import duckdb").then_some(inside);
    if with_duckdb.is_none() {
        println!("{DUCKDB} could not be installed: no figures of DuckDB");
    }
    Some(Python { plain, with_duckdb })
}

/// All who can do this kind of file; the first is whom others are compared with.
pub(crate) fn contenders(
    kind: Kind,
    program: &Path,
    python: Option<&Python>,
    folder: &Path,
) -> Vec<Contender> {
    let rules = folder.join(if kind.is_csv() { "columnar.yaml" } else { "records.yaml" });
    fs::write(&rules, if kind.is_csv() { COLUMNAR_RULES } else { RECORD_RULES }).unwrap();
    let format = if kind.is_csv() { "csv" } else { "ndjson" };
    let words = |words: &[&str]| words.iter().map(OsString::from).collect::<Vec<_>>();
    let ours = |name, cores: usize, keeps_order| {
        let mut arguments = words(&["bulk", "--rules"]);
        arguments.push(rules.clone().into());
        arguments.extend(words(&["INPUT", "-o", "OUTPUT", "--quiet", "--jobs", &cores.to_string()]));
        if keeps_order && kind.is_csv() {
            arguments.extend(words(&["--keep-order"]));
        }
        Contender { name, cores, keeps_order, is_exact: true, program: program.to_owned(), arguments }
    };
    let mut all = vec![ours("vizard", 1, true), ours("vizard, two cores", 2, true)];
    if kind.is_csv() {
        all.push(ours("vizard, shuffled", 1, false));
        all.push(ours("vizard, shuffled, two cores", 2, false));
    }
    all.push(Contender {
        name: FLOOR,
        cores: 1,
        keeps_order: true,
        is_exact: true,
        program: std::env::current_exe().unwrap(),
        arguments: words(&["floor", format, "INPUT", "OUTPUT"]),
    });
    all.push(Contender {
        name: COPY,
        cores: 1,
        keeps_order: true,
        is_exact: false,
        program: std::env::current_exe().unwrap(),
        arguments: words(&["copy", "INPUT", "OUTPUT"]),
    });
    let script = |name, program: &Path, file: &str, cores: usize, threads: &[&str]| {
        let mut arguments = vec![repository::root().join("tests/benches/bulk").join(file).into()];
        arguments.extend(words(&[format, "INPUT", "OUTPUT"]));
        arguments.extend(words(threads));
        Contender { name, cores, keeps_order: true, is_exact: false, program: program.to_owned(), arguments }
    };
    if let Some(python) = python {
        all.push(script("Python, csv or json, and hashlib", &python.plain, "plain.py", 1, &[]));
        if let Some(program) = &python.with_duckdb {
            all.push(script("DuckDB", program, "duck.py", 1, &["1"]));
            all.push(script("DuckDB, two cores", program, "duck.py", 2, &["2"]));
        }
    }
    all
}

/// What only copies.
const COPY: &str = "the bytes alone, copied";

/// Whom times are told in multiples of.
pub(crate) const FLOOR: &str = "the floor";
