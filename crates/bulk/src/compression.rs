//! Compression of whole files: told by content when they are read, chosen when they are written.

mod read;
mod write;

pub(crate) use read::Source;
pub(crate) use write::Sink;

/// How a file is compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    #[default]
    None,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
}

impl Compression {
    /// As the first bytes of a file tell; four are enough. No text and no Parquet begins like this.
    pub fn of(head: &[u8]) -> Compression {
        match head {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            // A frame, or one that is to be skipped before it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
            _ => Compression::None,
        }
    }

    /// As `Content-Encoding` says it; nothing for what is not compressed.
    pub fn content_encoding(self) -> Option<&'static str> {
        match self {
            Compression::None => None,
            Compression::Gzip => Some("gzip"),
            Compression::Zstd => Some("zstd"),
        }
    }

    /// The ending that names of such files have, with its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Compression::None => "",
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
        }
    }

    /// A name without the ending of a compressed file, in whatever case, if it has one.
    pub fn strip(path: &str) -> &str {
        [Compression::Gzip, Compression::Zstd]
            .into_iter()
            .find_map(|compression| strip_suffix(path, compression.extension()))
            .unwrap_or(path)
    }
}

/// Like `str::strip_suffix` for an ASCII suffix in any case.
pub(crate) fn strip_suffix<'p>(path: &'p str, suffix: &str) -> Option<&'p str> {
    let (rest, end) = path.split_at_checked(path.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(rest)
}

#[cfg(test)]
mod tests;
