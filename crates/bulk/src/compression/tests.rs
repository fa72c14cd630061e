use std::io::{self, Read, Write};

use super::*;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::task::Limits;

/// Hands out so many bytes at a time.
struct Slow<'s>(&'s [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let some = self.1.min(self.0.len()).min(into.len());
        into[..some].copy_from_slice(&self.0[..some]);
        self.0 = &self.0[some..];
        Ok(some)
    }
}

fn compressed(bytes: &[u8], compression: Compression) -> Vec<u8> {
    let mut out = Vec::new();
    let mut sink = Sink::new(&mut out, compression).unwrap();
    for some in bytes.chunks(70_000) {
        sink.write_all(some).unwrap();
        sink.flush().unwrap();
    }
    let count = sink.finish().unwrap();
    assert_eq!(count, out.len() as u64);
    out
}

fn read(stored: &[u8], at_once: usize, limits: Limits) -> Result<(Vec<u8>, Compression), Failure> {
    let progress = Progress::default();
    let mut input = Slow(stored, at_once);
    let mut source = Source::open(&mut input, limits, &progress)?;
    let mut out = Vec::new();
    source.read_to_end(&mut out).map_err(|error| Failure::input(&error))?;
    assert_eq!(source.stored(), stored.len() as u64);
    assert_eq!(source.read_out(), out.len() as u64);
    assert_eq!(progress.read(), stored.len() as u64);
    Ok((out, source.compression()))
}

/// Text that deflates about as records do.
fn text(bytes: usize) -> Vec<u8> {
    let mut state = 1u64;
    let mut out = Vec::with_capacity(bytes + 64);
    while out.len() < bytes {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        writeln!(out, "{{\"id\":{},\"unit\":\"sales\"}}", state >> 40).unwrap();
    }
    out
}

#[test]
fn what_was_compressed_comes_back_however_it_is_read() {
    for size in [0, 1, 5_000, 300_000] {
        let bytes = text(size);
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let stored = compressed(&bytes, compression);
            for at_once in [1, 7, 4096, usize::MAX] {
                assert_eq!(read(&stored, at_once, Limits::default()).unwrap(), (bytes.clone(), compression));
            }
        }
    }
}

#[test]
fn others_read_what_we_write() {
    let bytes = text(200_000);
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(&compressed(&bytes, Compression::Gzip)[..]).read_to_end(&mut out).unwrap();
    assert_eq!(out, bytes);
    assert_eq!(zstd::decode_all(&compressed(&bytes, Compression::Zstd)[..]).unwrap(), bytes);
}

#[test]
fn members_and_frames_one_after_the_other_are_one_file() {
    for compression in [Compression::Gzip, Compression::Zstd] {
        let parts: [&[u8]; 4] = [b"one\n", b"", b"two\n", b"three"];
        let stored: Vec<u8> = parts.iter().flat_map(|part| compressed(part, compression)).collect();
        assert_eq!(read(&stored, 3, Limits::default()).unwrap().0, b"one\ntwo\nthree");
    }
    let skipped = [b"\x5a\x2a\x4d\x18\x02\0\0\0ab".as_slice(), &compressed(b"x", Compression::Zstd)].concat();
    assert_eq!(read(&skipped, 5, Limits::default()).unwrap(), (b"x".to_vec(), Compression::Zstd));
}

#[test]
fn what_is_cut_short_or_damaged_is_never_a_shorter_file() {
    let bytes = text(20_000);
    for compression in [Compression::Gzip, Compression::Zstd] {
        let stored = compressed(&bytes, compression);
        let code = |stored: &[u8]| read(stored, 1000, Limits::default()).unwrap_err().code;
        for cut in (4..stored.len()).step_by(37).chain(stored.len() - 9..stored.len()) {
            assert_eq!(code(&stored[..cut]), "compressed-truncated", "{compression:?} {cut}");
        }
        for after in
            [b"x".as_slice(), b"some more text", b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", &stored[..7]]
        {
            let code = code(&[&stored, after].concat());
            assert!(["compressed-corrupt", "compressed-truncated"].contains(&code), "{compression:?} {code}");
        }
        for flip in [stored.len() / 2, stored.len() - 2] {
            let mut stored = stored.clone();
            stored[flip] ^= 0x10;
            assert_eq!(code(&stored), "compressed-corrupt", "{compression:?} {flip}");
        }
    }
}

#[test]
fn a_writer_that_is_dropped_leaves_no_whole_file() {
    for compression in [Compression::Gzip, Compression::Zstd] {
        let mut out = Vec::new();
        let mut sink = Sink::new(&mut out, compression).unwrap();
        sink.write_all(&text(500_000)).unwrap();
        drop(sink);
        match out.is_empty() {
            true => assert_eq!(compression, Compression::Zstd),
            false => {
                assert_eq!(read(&out, 1000, Limits::default()).unwrap_err().code, "compressed-truncated");
            }
        }
    }
}

#[test]
fn what_is_too_much_is_refused_while_it_comes() {
    let zeros = vec![0; 40 << 20];
    for compression in [Compression::Gzip, Compression::Zstd] {
        let bomb = compressed(&zeros, compression);
        assert!(bomb.len() < 100_000);
        let progress = Progress::default();
        let mut input = &bomb[..];
        let mut source = Source::open(&mut input, Limits::default(), &progress).unwrap();
        let error = io::copy(&mut source, &mut io::sink()).unwrap_err();
        assert_eq!(Failure::input(&error).code, "expands-too-much");
        assert!(source.read_out() < 17 << 20, "{} bytes came out", source.read_out());
        let lenient = Limits { ratio: 1 << 20, ..Limits::default() };
        assert_eq!(read(&bomb, usize::MAX, lenient).unwrap().0.len(), zeros.len());
    }
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let stored = compressed(&text(100_000), compression);
        let limits = |bytes| Limits { bytes, ..Limits::default() };
        let size = text(100_000).len() as u64;
        assert_eq!(read(&stored, 999, limits(size - 1)).unwrap_err().code, "file-too-large");
        assert!(read(&stored, 999, limits(size)).is_ok());
    }
}

#[test]
fn an_error_of_the_input_stays_what_it_is() {
    struct Broken<'b>(&'b [u8]);
    impl Read for Broken<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            match self.0.read(into)? {
                0 => Err(io::Error::new(io::ErrorKind::ConnectionReset, "ada@acme.example hung up")),
                some => Ok(some),
            }
        }
    }
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let stored = compressed(&text(100_000), compression);
        let progress = Progress::default();
        let mut input = Broken(&stored[..stored.len() / 2]);
        let mut source = Source::open(&mut input, Limits::default(), &progress).unwrap();
        let failure = Failure::input(&io::copy(&mut source, &mut io::sink()).unwrap_err());
        assert_eq!(failure.to_string(), "the file cannot be read: connection reset [input]");
        assert!(failure.transient);
    }
}

#[test]
fn endings_of_compressed_files_are_known() {
    let cases = [
        ("a.csv.gz", "a.csv"),
        ("a.csv.GZ", "a.csv"),
        ("a.ndjson.zst", "a.ndjson"),
        ("a.csv", "a.csv"),
        ("gz", "gz"),
        (".gz", ""),
        ("é.gz", "é"),
        ("aé", "aé"),
    ];
    for (path, expected) in cases {
        assert_eq!(Compression::strip(path), expected);
    }
}
