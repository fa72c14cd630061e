//! Runs a fuzz target without a fuzzer: over its corpus, and over changes of it that are the same in each run.
//!
//! Nothing here follows the code that is covered, as libFuzzer does; it holds what was found once, and finds
//! again what a few thousand blind tries find.

#![allow(clippy::disallowed_methods, reason = "a corpus is files; the code under test still reads none")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

mod changes;

use changes::Changes;

/// Inputs longer than this are not made longer.
const LONGEST: usize = 4_096;

/// For machines that are slow, such as valgrind's: at most so many changes.
const MOST: &str = "SMOKE_CASES";

/// Calls the target with each file of the corpus and with `cases` changes of them. `fuzz` is the folder of the
/// fuzz crate.
pub fn run(fuzz: &Path, name: &str, cases: usize, target: fn(&[u8])) {
    let corpus = corpus(&fuzz.join("corpus").join(name));
    for (file, input) in &corpus {
        call(target, input, file);
    }
    let dictionary = dictionary(&fuzz.join("dictionaries").join(format!("{name}.dict")));
    let inputs = corpus.into_iter().map(|(_, input)| input).collect();
    let mut changes = Changes::new(inputs, dictionary, LONGEST);
    let most = std::env::var(MOST).map_or(cases, |it| it.parse().expect("SMOKE_CASES is a number"));
    for case in 0..cases.min(most) {
        call(target, &changes.next(), &format!("change {case}"));
    }
}

/// Says with which input the target failed, so that it can be added to the corpus.
fn call(target: fn(&[u8]), input: &[u8], name: &str) {
    if catch_unwind(AssertUnwindSafe(|| target(input))).is_err() {
        panic!("failed with {name}: b\"{}\"", input.escape_ascii());
    }
}

/// The files by name. Those without an extension were left there by a fuzzer and are not kept.
fn corpus(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| name.contains('.')).collect();
    names.sort();
    assert!(names.len() > 20, "the corpus of {} is gone", folder.display());
    names.into_iter().map(|name| (name.clone(), read(&folder.join(name)))).collect()
}

/// The words of a libFuzzer dictionary: a line each, in quotes, with `\\`, `\"` and `\xAB`.
fn dictionary(file: &Path) -> Vec<Vec<u8>> {
    let text = String::from_utf8(read(file)).expect("a dictionary is text");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let words: Vec<_> =
        lines.map(|line| word(line).unwrap_or_else(|| panic!("{}: {line}", file.display()))).collect();
    assert!(words.len() > 20, "{} is empty", file.display());
    words
}

fn read(file: &Path) -> Vec<u8> {
    std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn word(line: &str) -> Option<Vec<u8>> {
    let mut bytes = line.strip_prefix('"')?.strip_suffix('"')?.bytes();
    let mut word = Vec::new();
    while let Some(byte) = bytes.next() {
        word.push(match byte {
            b'\\' => match bytes.next()? {
                b'x' => {
                    let digits = [bytes.next()?, bytes.next()?];
                    u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?
                }
                it @ (b'\\' | b'"') => it,
                _ => return None,
            },
            byte => byte,
        });
    }
    Some(word)
}
