//! Gzip in both directions, with a ceiling: the only place in this crate that decompresses.
//!
//! A body is inflated piece by piece and abandoned as soon as it grows past the limit, or grows
//! faster than any honest document does.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
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

/// Inflates a whole gzip body of one or more members, to at most `limit` bytes.
pub(crate) fn decompress(compressed: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let mut source = MultiGzDecoder::new(compressed);
    let mut inflated = Vec::with_capacity(compressed.len().saturating_mul(4).min(limit));
    let mut piece = vec![0; PIECE];
    loop {
        match source.read(&mut piece) {
            Ok(0) => return Ok(inflated),
            Ok(count) => inflated.extend_from_slice(&piece[..count]),
            Err(_) => return Err(GzipError::Malformed),
        }
        if inflated.len() > limit {
            return Err(GzipError::TooLarge);
        }
        if inflated.len() > HONEST && inflated.len() / RATIO > compressed.len() {
            return Err(GzipError::Bomb);
        }
    }
}

/// As large as a compressed body may well be once it is inflated, to tell what is quick.
pub(crate) fn likely_size(compressed: &[u8]) -> usize {
    compressed.len().saturating_mul(16)
}

/// Deflates a body for the answer. Fast rather than small: the reader is a machine nearby.
pub(crate) fn compress(body: &[u8]) -> Vec<u8> {
    let mut target = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    target.write_all(body).expect("writing to a vector does not fail");
    target.finish().expect("writing to a vector does not fail")
}

const PIECE: usize = 32 * 1024;

/// Up to this size nobody asks how well a body was compressed.
const HONEST: usize = 1024 * 1024;

/// Real JSON pages shrink 5 to 50 times; deflate can do a thousand.
const RATIO: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

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
