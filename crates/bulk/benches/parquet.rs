//! Parquet under record rules, beside the least that such work can cost: the file read and written again by the
//! `parquet` crate alone.
//!
//! `cargo bench -p vizard-bulk --features parquet --bench parquet`, MB a second, of the stored file and of its values,
//! the median of five runs in turns. With `memory`: the highest resident size while a file of many row groups goes
//! through.

#![allow(clippy::print_stdout)]

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Instant;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::file::properties::WriterProperties;
use vizard_bulk::format::Format;
use vizard_bulk::progress::Progress;
use vizard_bulk::sanitize::sanitize;
use vizard_bulk::task::{Options, Origin, Task};
use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
use vizard_sanitizer::bulk::BulkRules;

const RULES: &str = "format: AUTO\ntransforms:\n- pseudonymize: [$.email, $.employee]\n";
const NONE: &str = "format: AUTO\ntransforms:\n- redact: $.nowhere\n";

const ROWS: usize = 100_000;

struct Case<'c> {
    name: &'static str,
    work: Box<dyn Fn() + 'c>,
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    if words.iter().any(|word| word == "memory") {
        return memory();
    }
    let file = file(4, io::Cursor::new(Vec::new())).into_inner();
    let plain: usize = rows(0).columns().iter().map(|it| it.get_array_memory_size()).sum::<usize>() * 4;
    println!("{} rows, {} MB stored, {} MB of values", 4 * ROWS, file.len() / 1_000_000, plain / 1_000_000);
    let lines = {
        let mut lines = Vec::new();
        run(
            NONE,
            "a.parquet",
            &file,
            &Options { format: Some(Format::Ndjson), ..Options::default() },
            &mut lines,
        );
        lines
    };
    println!("{} MB as NDJSON", lines.len() / 1_000_000);
    let threads = |threads| Options { threads, ..Options::default() };
    let to = |format| Options { format: Some(format), ..Options::default() };
    let (one, two, ndjson, parquet) = (threads(1), threads(2), to(Format::Ndjson), to(Format::Parquet));
    let case = |name, work| Case { name, work };
    let mut cases = [
        case("floor: read and written", Box::new(|| floor(&file)) as Box<dyn Fn() + '_>),
        case("nothing touched", Box::new(|| run(NONE, "a.parquet", &file, &one, &mut io::sink()))),
        case("two pseudonymized", Box::new(|| run(RULES, "a.parquet", &file, &one, &mut io::sink()))),
        case(
            "two pseudonymized, two threads",
            Box::new(|| run(RULES, "a.parquet", &file, &two, &mut io::sink())),
        ),
        case(
            "two pseudonymized, to NDJSON",
            Box::new(|| run(RULES, "a.parquet", &file, &ndjson, &mut io::sink())),
        ),
        case("NDJSON to Parquet", Box::new(|| run(RULES, "a.ndjson", &lines, &parquet, &mut io::sink()))),
    ]
    .map(|it| (it, Vec::new()));
    for _ in 0..5 {
        for (case, seconds) in &mut cases {
            let begin = Instant::now();
            (case.work)();
            seconds.push(begin.elapsed().as_secs_f64());
        }
    }
    for (case, mut seconds) in cases {
        seconds.sort_by(f64::total_cmp);
        let per = |bytes: usize| bytes as f64 / 1e6 / seconds[2];
        println!("{:34} {:6.0} MB/s stored {:6.0} MB/s of values", case.name, per(file.len()), per(plain));
    }
}

fn run(rules: &str, path: &str, input: &[u8], options: &Options, output: &mut dyn Write) {
    let loaded = BulkRules::load("rules.yaml", rules).expect("the rules are sound");
    let keys = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
    let rules = loaded.rules.for_path(path).expect("there is one set");
    let task = Task { rules, keys: &keys, options };
    let origin = Origin { path, content_type: None };
    let done = sanitize(&task, origin, &mut &*input, output, None, &Progress::default());
    assert_eq!(done.expect("the file is sound").rows, 4 * ROWS as u64);
}

fn floor(file: &[u8]) {
    let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(file)).expect("it is sound");
    let schema = Arc::clone(reader.schema());
    let reader = reader.with_batch_size(8192).build().expect("it is sound");
    let mut writer = ArrowWriter::try_new(io::sink(), schema, Some(properties())).expect("it can be written");
    for batch in reader {
        writer.write(&batch.expect("it is sound")).expect("it can be written");
    }
    writer.close().expect("it can be written");
}

fn properties() -> WriterProperties {
    WriterProperties::builder().set_compression(parquet::basic::Compression::SNAPPY).build()
}

/// Ten columns; people come back, as they do in logs.
fn rows(part: usize) -> RecordBatch {
    let rows = || (0..ROWS).map(move |it| part * ROWS + it);
    let mixed = |it: usize| it.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let person = |it: usize| mixed(it) % 20_000;
    let whole = |it: usize| i64::try_from(mixed(it) % 1_000_000).expect("it is small");
    let texts = |text: &dyn Fn(usize) -> String| {
        Arc::new(StringArray::from_iter_values(rows().map(text))) as ArrayRef
    };
    let numbers = |number: &dyn Fn(usize) -> i64| {
        Arc::new(Int64Array::from_iter_values(rows().map(number))) as ArrayRef
    };
    RecordBatch::try_from_iter([
        ("email", texts(&|it| format!("person{}@acme.example", person(it)))),
        ("employee", texts(&|it| format!("E{:08}", person(it)))),
        ("team", texts(&|it| format!("Team {}", person(it) % 40))),
        ("title", texts(&|it| format!("A title of the usual length {}", mixed(it) % 100_000))),
        ("url", texts(&|it| format!("https://files.acme.example/{:016x}", mixed(it)))),
        ("size", numbers(&|it| whole(it))),
        ("duration", numbers(&|it| whole(it) % 3600)),
        (
            "score",
            Arc::new(Float64Array::from_iter_values(rows().map(|it| whole(it) as f64 / 7.0))) as ArrayRef,
        ),
        (
            "at",
            Arc::new(TimestampMicrosecondArray::from_iter_values(
                rows().map(|it| 1_700_000_000_000_000 + whole(it)),
            )) as ArrayRef,
        ),
        ("kind", texts(&|it| ["view", "edit", "share"][it % 3].to_owned())),
    ])
    .expect("all are as long")
}

fn file<W: Write + Send>(groups: usize, into: W) -> W {
    let mut writer =
        ArrowWriter::try_new(into, rows(0).schema(), Some(properties())).expect("it can be written");
    for part in 0..groups {
        writer.write(&rows(part)).expect("it can be written");
        writer.flush().expect("it can be written");
    }
    writer.into_inner().expect("it can be written")
}

/// Where the system says what a process takes.
fn memory() {
    let status = || std::fs::read_to_string("/proc/self/status").expect("the system says so");
    let peak = || {
        let status = status();
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).expect("the system says so");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
    };
    let file = match std::env::var_os("PARQUET_FILE") {
        Some(path) => File::open(path).expect("it is there"),
        None => {
            let path = std::env::temp_dir().join("vizard-bench.parquet");
            file(60, File::create(&path).expect("there is room"));
            println!("PARQUET_FILE={}", path.display());
            return;
        }
    };
    let before = peak();
    let loaded = BulkRules::load("rules.yaml", RULES).expect("the rules are sound");
    let keys = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
    let options = Options::default();
    let task = Task {
        rules: loaded.rules.for_path("a.parquet").expect("there is one set"),
        keys: &keys,
        options: &options,
    };
    let origin = Origin { path: "a.parquet", content_type: None };
    let mut file = file;
    let begin = Instant::now();
    let done = sanitize(&task, origin, &mut file, &mut io::sink(), None, &Progress::default());
    let done = done.expect("the file is sound");
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "{} rows, {} MB, {seconds:.1} s, {before} MB before, {} MB at most",
        done.rows,
        done.bytes_in / 1_000_000,
        peak()
    );
}
