//! Pages decompressed, never to more than they declare.
//!
//! The `parquet` crate lets a gzip page grow without end and only then compares sizes, so it is not asked.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use parquet::basic::Compression;

use super::unreadable::Unreadable;

/// Appends exactly `length` bytes.
pub(super) fn inflate(
    codec: Compression,
    data: &[u8],
    length: usize,
    out: &mut Vec<u8>,
) -> Result<(), Unreadable> {
    let begin = out.len();
    if length == 0 {
        return Ok(());
    }
    let written = match codec {
        Compression::UNCOMPRESSED => {
            out.extend_from_slice(data);
            data.len()
        }
        Compression::SNAPPY => {
            if snap::raw::decompress_len(data).ok() != Some(length) {
                return Err(Unreadable::Damaged);
            }
            out.resize(begin + length, 0);
            snap::raw::Decoder::new().decompress(data, &mut out[begin..]).map_err(|_| Unreadable::Damaged)?
        }
        Compression::GZIP(_) => {
            // One byte more shows that there is more.
            let most = u64::try_from(length).map_err(|_| Unreadable::TooLarge)?.saturating_add(1);
            MultiGzDecoder::new(data).take(most).read_to_end(out).map_err(|_| Unreadable::Damaged)?
        }
        Compression::ZSTD(_) => {
            out.resize(begin + length, 0);
            zstd::bulk::decompress_to_buffer(data, &mut out[begin..]).map_err(|_| Unreadable::Damaged)?
        }
        Compression::LZ4_RAW => {
            out.resize(begin + length, 0);
            lz4_flex::block::decompress_into(data, &mut out[begin..]).map_err(|_| Unreadable::Damaged)?
        }
        Compression::LZ4 => {
            out.resize(begin + length, 0);
            hadoop(data, &mut out[begin..])
                .or_else(|| lz4_flex::block::decompress_into(data, &mut out[begin..]).ok())
                .ok_or(Unreadable::Damaged)?
        }
        Compression::BROTLI(_) | Compression::LZO => return Err(Unreadable::Codec),
    };
    if written == length { Ok(()) } else { Err(Unreadable::Damaged) }
}

/// LZ4 in the frames of Hadoop: before each block its length after decompression and before, in four bytes each.
fn hadoop(mut data: &[u8], out: &mut [u8]) -> Option<usize> {
    let mut written = 0_usize;
    while !data.is_empty() {
        let (head, rest) = data.split_at_checked(8)?;
        let [after, before] = [&head[..4], &head[4..]]
            .map(|it| u32::from_be_bytes(it.try_into().expect("four bytes")) as usize);
        let (block, rest) = rest.split_at_checked(before)?;
        let room = out.get_mut(written..written.checked_add(after)?)?;
        if lz4_flex::block::decompress_into(block, room).ok()? != after {
            return None;
        }
        written += after;
        data = rest;
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use parquet::basic::{BrotliLevel, GzipLevel, ZstdLevel};

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn every_codec_stops_at_what_was_declared() {
        let text = "ada@acme.example ".repeat(1000).into_bytes();
        let raw = lz4_flex::block::compress(&text);
        let mut framed = Vec::new();
        framed.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        framed.extend(u32::try_from(raw.len()).unwrap().to_be_bytes());
        framed.extend(&raw);
        for (codec, data) in [
            (Compression::UNCOMPRESSED, text.clone()),
            (Compression::SNAPPY, snap::raw::Encoder::new().compress_vec(&text).unwrap()),
            (Compression::GZIP(GzipLevel::default()), gzip(&text)),
            (Compression::ZSTD(ZstdLevel::default()), zstd::bulk::compress(&text, 1).unwrap()),
            (Compression::LZ4_RAW, raw.clone()),
            (Compression::LZ4, framed),
            (Compression::LZ4, raw),
        ] {
            let mut out = b"levels".to_vec();
            inflate(codec, &data, text.len(), &mut out).unwrap();
            assert_eq!(out[6..], text, "{codec:?}");
            for length in [1, text.len() - 1, text.len() + 1] {
                let mut out = Vec::new();
                assert_eq!(inflate(codec, &data, length, &mut out), Err(Unreadable::Damaged), "{codec:?}");
                assert!(codec == Compression::UNCOMPRESSED || out.len() <= length + 1, "{codec:?}");
            }
            if codec != Compression::UNCOMPRESSED {
                let cut = inflate(codec, &data[..data.len() - 5], text.len(), &mut Vec::new());
                assert_eq!(cut, Err(Unreadable::Damaged), "{codec:?}");
            }
        }
        for codec in [Compression::LZO, Compression::BROTLI(BrotliLevel::default())] {
            assert_eq!(inflate(codec, b"x", 1, &mut Vec::new()), Err(Unreadable::Codec));
        }
    }
}
