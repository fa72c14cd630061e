//! Gzip in both directions, with a ceiling: the only place in this crate that decompresses.
//!
//! A body is inflated piece by piece and abandoned as soon as it grows past the limit, or grows
//! faster than any honest document does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};
use thiserror::Error;

/// Why a body was not inflated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum GzipError {
    #[error("the body is not valid gzip")]
    Malformed,
    #[error("the body is larger than the limit once decompressed")]
    TooLarge,
    #[error("the body expands far more than any document does")]
    Bomb,
}

/// As large as a compressed body may well be once it is inflated, to tell what is quick.
pub(crate) fn likely_size(compressed: &[u8]) -> usize {
    compressed.len().saturating_mul(16)
}

/// Gzip, with the states of it that are not in use. A state is a block of some hundred kilobytes at an address that is
/// a multiple of 64: made anew for every body, such blocks leave the allocator of glibc with ever more holes that nothing
/// fits into, until the platform ends the process.
#[derive(Clone, Default)]
pub(crate) struct Gzip(Arc<Mutex<Idle>>);

#[derive(Default)]
struct Idle {
    deflate: Vec<Compress>,
    inflate: Vec<Decompress>,
}

impl Gzip {
    /// Deflates a body for the answer. Fast rather than small: the reader is a machine nearby.
    pub(crate) fn compress(&self, body: &[u8]) -> Vec<u8> {
        let idle = self.idle().deflate.pop();
        let mut deflate = idle.unwrap_or_else(|| Compress::new(Compression::fast(), false));
        let mut out = Vec::with_capacity(body.len() / 4 + ROOM);
        out.extend_from_slice(&HEADER);
        loop {
            let rest = &body[size(deflate.total_in())..];
            let status = deflate.compress_vec(rest, &mut out, FlushCompress::Finish);
            if status.expect("a state that was reset takes a body") == Status::StreamEnd {
                break;
            }
            out.reserve(out.len());
        }
        let mut sum = Crc::new();
        sum.update(body);
        out.extend_from_slice(&trailer(&sum));
        deflate.reset();
        let mut idle = self.idle();
        if idle.deflate.len() < KEPT {
            idle.deflate.push(deflate);
        }
        out
    }

    /// Inflates a whole gzip body of one or more members, to at most `limit` bytes.
    pub(crate) fn decompress(&self, compressed: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
        let idle = self.idle().inflate.pop();
        let mut inflate = idle.unwrap_or_else(|| Decompress::new(false));
        let inflated = members(&mut inflate, compressed, limit);
        let mut idle = self.idle();
        if idle.inflate.len() < KEPT {
            idle.inflate.push(inflate);
        }
        inflated
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn members(inflate: &mut Decompress, mut compressed: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let whole = compressed.len();
    let mut inflated = Vec::with_capacity(whole.saturating_mul(4).min(limit));
    let mut piece = vec![0; PIECE];
    loop {
        compressed = after_header(compressed).ok_or(GzipError::Malformed)?;
        inflate.reset(false);
        let mut sum = Crc::new();
        loop {
            let (read, written) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(&compressed[size(read)..], &mut piece, FlushDecompress::None);
            let status = status.map_err(|_| GzipError::Malformed)?;
            let new = &piece[..size(inflate.total_out() - written)];
            sum.update(new);
            inflated.extend_from_slice(new);
            if inflated.len() > limit {
                return Err(GzipError::TooLarge);
            }
            if inflated.len() > HONEST && inflated.len() / RATIO > whole {
                return Err(GzipError::Bomb);
            }
            match status {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError if inflate.total_in() > read || !new.is_empty() => {}
                Status::Ok | Status::BufError => return Err(GzipError::Malformed), // it was cut off
            }
        }
        let rest = compressed[size(inflate.total_in())..].strip_prefix(&trailer(&sum));
        compressed = rest.ok_or(GzipError::Malformed)?;
        if compressed.is_empty() {
            return Ok(inflated);
        }
    }
}

/// What follows the header of a member (RFC 1952, 2.3).
fn after_header(member: &[u8]) -> Option<&[u8]> {
    let (head, mut rest) = member.split_first_chunk::<10>()?;
    let [0x1f, 0x8b, 8, flags, ..] = *head else {
        return None;
    };
    if flags & EXTRA != 0 {
        let (length, after) = rest.split_first_chunk()?;
        rest = after.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            rest = &rest[rest.iter().position(|byte| *byte == 0)? + 1..];
        }
    }
    if flags & SUM != 0 {
        rest = rest.get(2..)?;
    }
    (flags & RESERVED == 0).then_some(rest)
}

const SUM: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const RESERVED: u8 = 0xe0;

/// The sum and the size of what was compressed.
fn trailer(sum: &Crc) -> [u8; 8] {
    let mut trailer = [0; 8];
    trailer[..4].copy_from_slice(&sum.sum().to_le_bytes());
    trailer[4..].copy_from_slice(&sum.amount().to_le_bytes());
    trailer
}

fn size(bytes: u64) -> usize {
    usize::try_from(bytes).expect("it is in memory")
}

impl std::fmt::Debug for Gzip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Gzip")
    }
}

/// Deflate, no name, no time, fastest, system unknown (RFC 1952).
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

/// For the header, the sums, and bodies that hardly shrink.
const ROOM: usize = 128;

/// As many as are at work at a time on a large machine.
const KEPT: usize = 16;

const PIECE: usize = 32 * 1024;

/// Up to this size nobody asks how well a body was compressed.
const HONEST: usize = 1024 * 1024;

/// Real JSON pages shrink 5 to 50 times; deflate can do a thousand.
const RATIO: usize = 200;

#[cfg(test)]
pub(crate) fn compress(body: &[u8]) -> Vec<u8> {
    Gzip::default().compress(body)
}

#[cfg(test)]
pub(crate) fn decompress(compressed: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    Gzip::default().decompress(compressed, limit)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn states_are_as_good_the_second_time() {
        let gzip = Gzip::default();
        let noise: Vec<u8> =
            (0..300_000_u32).flat_map(|it| it.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        for body in [&noise[..], b"{}", b"", &vec![b'x'; 500_000], &noise[..1000], b"{}"] {
            let compressed = gzip.compress(body);
            assert_eq!(compressed, compress(body), "{}", body.len());
            let mut inflated = Vec::new();
            flate2::read::GzDecoder::new(&compressed[..]).read_to_end(&mut inflated).unwrap();
            assert_eq!(inflated, body);
            assert!(gzip.decompress(&compressed[..compressed.len() - 9], 2_000_000).is_err(), "cut off");
            assert_eq!(gzip.decompress(&compressed, 2_000_000).as_deref(), Ok(body));
        }
        let idle = gzip.idle();
        assert_eq!((idle.deflate.len(), idle.inflate.len()), (1, 1));
    }

    #[test]
    fn every_optional_part_of_a_header_is_passed_over() {
        let mut whole = flate2::GzBuilder::new()
            .filename("page.json")
            .comment("a comment")
            .extra(b"extra".to_vec())
            .mtime(1)
            .read(&b"{}"[..], Compression::fast());
        let mut compressed = Vec::new();
        whole.read_to_end(&mut compressed).unwrap();
        assert_eq!(decompress(&compressed, 10).as_deref(), Ok(&b"{}"[..]));
        for end in 0..compressed.len() {
            assert_eq!(decompress(&compressed[..end], 10), Err(GzipError::Malformed), "{end}");
        }
        for (place, byte) in [(0, 0), (2, 7), (3, 0xff), (compressed.len() - 1, 9), (compressed.len() - 8, 0)]
        {
            let mut damaged = compressed.clone();
            damaged[place] ^= byte.max(1);
            assert_eq!(decompress(&damaged, 10), Err(GzipError::Malformed), "{place}");
        }
    }

    #[test]
    fn a_body_survives_both_directions() {
        for body in [&b""[..], b"{}", &vec![b'x'; 100_000]] {
            assert_eq!(decompress(&compress(body), 200_000).as_deref(), Ok(body));
        }
    }

    #[test]
    fn several_members_are_one_body() {
        let both = [compress(b"{\"a\":1}\n"), compress(b"{\"a\":2}")].concat();
        assert_eq!(decompress(&both, 100).unwrap(), b"{\"a\":1}\n{\"a\":2}");
    }

    #[test]
    fn refuses_what_is_too_large_or_not_gzip() {
        let noise: Vec<u8> =
            (0u32..600_000).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let cases: [(&str, Vec<u8>, usize, GzipError); 6] = [
            ("one byte over", compress(b"12345"), 4, GzipError::TooLarge),
            ("large", compress(&noise), 1_000_000, GzipError::TooLarge),
            ("bomb", bomb(), 64 << 20, GzipError::Bomb),
            ("plain text", b"{\"a\":1}".to_vec(), 100, GzipError::Malformed),
            ("cut off", compress(b"hello there")[..15].to_vec(), 100, GzipError::Malformed),
            ("junk behind", [compress(b"{}"), b"junk".to_vec()].concat(), 100, GzipError::Malformed),
        ];
        for (name, body, limit, expected) in cases {
            assert_eq!(decompress(&body, limit).map(|it| it.len()), Err(expected), "{name}");
        }
    }

    fn bomb() -> Vec<u8> {
        let mut target = GzEncoder::new(Vec::new(), Compression::best());
        target.write_all(&vec![0; 32 << 20]).unwrap();
        target.finish().unwrap()
    }

    #[test]
    fn the_limit_itself_is_allowed() {
        assert_eq!(decompress(&compress(b"12345"), 5).unwrap(), b"12345");
    }
}
