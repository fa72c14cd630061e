//! Compressed data within other data, inflated under a ceiling.

use std::io::Read;

use flate2::bufread::{DeflateDecoder, GzDecoder, ZlibDecoder};
use ruzstd::decoding::StreamingDecoder;

use super::layer::Layer;

/// What was inflated, and whether the ceiling, or the number of tries, cut it short.
pub(super) struct Inflated {
    pub(super) views: Vec<(Layer, Vec<u8>)>,
    pub(super) whole: bool,
}

/// Everything compressed that begins somewhere in `bytes`; raw deflate, which has no mark, only at the beginning.
///
/// A stream that breaks off gives what came before. All views together are no longer than `ceiling`.
pub(super) fn inflate(bytes: &[u8], mut ceiling: usize) -> Inflated {
    let mut inflated = Inflated { views: Vec::new(), whole: true };
    // As many as there may be by chance, and more; a view of nothing but magic numbers costs no more.
    let mut tries = 256 + bytes.len() / 1024;
    let mut add = |layer, reader: &mut dyn Read| {
        if tries == 0 {
            inflated.whole = false;
            return false;
        }
        tries -= 1;
        let (view, whole) = bounded(reader, ceiling);
        ceiling -= view.len();
        inflated.whole &= whole;
        // Less than that says nothing and is chance.
        if view.len() >= SHORTEST {
            inflated.views.push((layer, view));
        }
        true
    };
    if !add(Layer::Deflate, &mut DeflateDecoder::new(bytes)) {
        return inflated;
    }
    for at in memchr::memchr3_iter(GZIP[0], ZLIB, ZSTD[0], bytes) {
        let rest = &bytes[at..];
        let goes_on = if rest.starts_with(GZIP) {
            add(Layer::Gzip, &mut GzDecoder::new(rest))
        } else if rest.starts_with(ZSTD) {
            match StreamingDecoder::new(rest) {
                Ok(mut reader) => add(Layer::Zstd, &mut reader),
                Err(_) => true,
            }
        } else if is_zlib(rest) {
            add(Layer::Zlib, &mut ZlibDecoder::new(rest))
        } else {
            true
        };
        if !goes_on {
            break;
        }
    }
    inflated
}

fn bounded(reader: &mut dyn Read, ceiling: usize) -> (Vec<u8>, bool) {
    let mut view = Vec::new();
    let mut piece = [0; 8192];
    // An error ends the data as the end does.
    while let Ok(count @ 1..) = reader.read(&mut piece) {
        let fits = count.min(ceiling - view.len());
        view.extend_from_slice(&piece[..fits]);
        if fits < count {
            return (view, false);
        }
    }
    (view, true)
}

/// The two bytes of RFC 1950: deflate, a window of 32 KiB at most, divisible by 31, no dictionary.
fn is_zlib(rest: &[u8]) -> bool {
    let [method, flags, ..] = *rest else { return false };
    let header = u16::from_be_bytes([method, flags]);
    method == ZLIB && header.is_multiple_of(31) && flags & 0x20 == 0
}

const GZIP: &[u8] = &[0x1f, 0x8b, 8];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const ZLIB: u8 = 0x78;
const SHORTEST: usize = 8;
