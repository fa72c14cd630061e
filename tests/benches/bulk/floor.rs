//! The least that the formats ask for: each row is parsed, its two identifiers are hashed and written in base64, and
//! the row is written. No rules, no canonical forms, no check of UTF-8, no shuffling, no places for errors.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use csv::{ByteRecord, ReaderBuilder, WriterBuilder};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use vizard_tests::keys::SALT;

use crate::generated::PSEUDONYMIZED;

const BUFFER: usize = 1 << 18;

/// The bytes alone, from here to there.
pub(crate) fn copy(input: &str, output: &str) {
    let mut input = File::open(input).expect("the input can be read");
    let mut output = File::create(output).expect("there is room");
    let mut buffer = vec![0; BUFFER];
    loop {
        match input.read(&mut buffer).expect("the input can be read") {
            0 => break,
            read => output.write_all(&buffer[..read]).expect("there is room"),
        }
    }
    output.sync_all().expect("the disk takes it");
}

/// The csv crate reads and writes; cells become JSON, as they do by default.
pub(crate) fn csv(input: &str, output: &str) {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .buffer_capacity(BUFFER)
        .from_path(input)
        .expect("the input can be read");
    let mut writer = WriterBuilder::new().buffer_capacity(BUFFER).from_path(output).expect("there is room");
    let mut row = ByteRecord::new();
    assert!(reader.read_byte_record(&mut row).expect("there is a header"));
    writer.write_byte_record(&row).expect("there is room");
    let mut cell = Vec::new();
    while reader.read_byte_record(&mut row).expect("the input is CSV") {
        for (column, value) in row.iter().enumerate() {
            if !PSEUDONYMIZED.contains(&column) {
                writer.write_field(value).expect("there is room");
                continue;
            }
            cell.clear();
            cell.push(b'{');
            if let Some(at) = value.iter().position(|&byte| byte == b'@') {
                cell.extend_from_slice(b"\"domain\":\"");
                cell.extend_from_slice(&value[at + 1..]);
                cell.extend_from_slice(b"\",");
            }
            cell.extend_from_slice(b"\"hash\":\"");
            cell.extend_from_slice(&hash(value));
            cell.extend_from_slice(b"\"}");
            writer.write_field(&cell).expect("there is room");
        }
        writer.write_record(None::<&[u8]>).expect("there is room");
    }
    let file = writer.into_inner().expect("there is room");
    file.sync_all().expect("the disk takes it");
}

#[derive(Deserialize)]
struct Record<'r> {
    #[serde(borrow)]
    actor: Actor<'r>,
    title: &'r str,
}

#[derive(Deserialize)]
struct Actor<'r> {
    id: &'r str,
    email: &'r str,
}

/// `serde_json` reads each line, and what it ignores it only checks; the line is written around what was replaced.
pub(crate) fn ndjson(input: &str, output: &str) {
    let mut reader = BufReader::with_capacity(BUFFER, File::open(input).expect("the input can be read"));
    let mut writer = BufWriter::with_capacity(BUFFER, File::create(output).expect("there is room"));
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).expect("the input can be read") == 0 {
            break;
        }
        let record: Record<'_> = serde_json::from_slice(&line).expect("the input is NDJSON");
        // Where in the line a borrowed text stands.
        let at = |text: &str| {
            let begin = text.as_ptr().addr() - line.as_ptr().addr();
            (begin, begin + text.len())
        };
        let (id, email, title) = (at(record.actor.id), at(record.actor.email), at(record.title));
        let domain = record.actor.email.find('@').expect("an address");
        writer.write_all(&line[..id.0]).expect("there is room");
        writer.write_all(b"t~").expect("there is room");
        writer.write_all(&hash(record.actor.id.as_bytes())).expect("there is room");
        writer.write_all(&line[id.1..email.0]).expect("there is room");
        writer.write_all(b"t~").expect("there is room");
        writer.write_all(&hash(record.actor.email.as_bytes())).expect("there is room");
        writer.write_all(&line[email.0 + domain..title.0 - 1]).expect("there is room");
        writer.write_all(b"null").expect("there is room");
        writer.write_all(&line[title.1 + 1..]).expect("there is room");
    }
    let file = writer.into_inner().expect("there is room");
    file.sync_all().expect("the disk takes it");
}

fn hash(identifier: &[u8]) -> [u8; 43] {
    let hash = Sha256::new_with_prefix(identifier).chain_update(SALT).finalize();
    let mut letters = [0; 43];
    BASE64_URL_SAFE_NO_PAD.encode_slice(hash, &mut letters).expect("a hash has 43 letters");
    letters
}
