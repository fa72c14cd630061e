//! Why a Parquet file cannot be read, on its way through the `parquet` crate and out of it.

use std::io;

use parquet::errors::ParquetError;

use crate::failure::Failure;

/// Holds nothing of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// It is none, or not as the format demands.
    Damaged,
    /// Something in it is larger than may be.
    TooLarge,
    /// It is encrypted.
    Encrypted,
    /// Its pages are compressed in a way that is not read here.
    Codec,
    /// Reading itself failed, or a bound of the operator was met.
    Input(Failure),
}

impl Unreadable {
    pub(super) fn io(error: &io::Error) -> Unreadable {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Unreadable::Damaged,
            _ => Unreadable::Input(Failure::input(error)),
        }
    }

    /// What the crate says may repeat what it read, so only its kind counts.
    pub(super) fn from_parquet(error: &ParquetError) -> Unreadable {
        let ParquetError::External(inner) = error else { return Unreadable::Damaged };
        inner.downcast_ref::<Unreadable>().cloned().unwrap_or(Unreadable::Damaged)
    }
}

impl From<Unreadable> for ParquetError {
    fn from(why: Unreadable) -> ParquetError {
        ParquetError::External(Box::new(why))
    }
}

impl From<Unreadable> for Failure {
    fn from(why: Unreadable) -> Failure {
        match why {
            Unreadable::Damaged => Failure::new(
                "parquet-unreadable",
                "the file is not sound Parquet: damaged, cut off, or another format",
            ),
            Unreadable::TooLarge => Failure::new(
                "parquet-too-large",
                "a part of the file is larger than is read: write it with smaller pages",
            ),
            Unreadable::Encrypted => Failure::new(
                "parquet-encrypted",
                "the file is encrypted: it must be written without encryption",
            ),
            Unreadable::Codec => Failure::new(
                "parquet-codec",
                "pages are compressed by a codec that is not read: use Snappy, zstd, gzip, LZ4 or none",
            ),
            Unreadable::Input(failure) => failure,
        }
    }
}

impl std::error::Error for Unreadable {}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&Failure::from(self.clone()), out)
    }
}
