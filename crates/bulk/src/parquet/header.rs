//! The head of a page: what comes next, and how large it is.

use parquet::basic::Encoding;

use super::thrift::{Flaw, Thrift, Wire};

/// What stands before a page. Its statistics are passed over: they hold values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) body: Body,
    /// Bytes of the page as it is stored.
    pub(super) stored: usize,
    /// Bytes of the page after decompression.
    pub(super) inflated: usize,
}

/// The kind of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    Data {
        values: usize,
        encoding: Encoding,
        definition: Encoding,
        repetition: Encoding,
    },
    Data2 {
        values: usize,
        nulls: usize,
        rows: usize,
        encoding: Encoding,
        levels: Levels,
        packed: bool,
    },
    Dictionary {
        values: usize,
        encoding: Encoding,
    },
    /// Nothing that is read.
    Other,
}

/// Bytes of the levels before the values of a page of the second kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Levels {
    pub(super) definition: usize,
    pub(super) repetition: usize,
}

/// The header at the beginning of some bytes, and how many of them it takes.
pub(super) fn read(bytes: &[u8]) -> Result<(Header, usize), Flaw> {
    let mut thrift = Thrift::new(bytes);
    let (mut kind, mut inflated, mut stored, mut body) = (None, None, None, None);
    let mut last = 0;
    while let Some(field) = thrift.field(&mut last)? {
        match field {
            (1, Wire::Integer) => kind = Some(thrift.integer()?),
            (2, Wire::Integer) => inflated = Some(thrift.size()?),
            (3, Wire::Integer) => stored = Some(thrift.size()?),
            (5, Wire::Struct) => body = Some((0, numbers(&mut thrift)?)),
            (7, Wire::Struct) => body = Some((2, numbers(&mut thrift)?)),
            (8, Wire::Struct) => body = Some((3, numbers(&mut thrift)?)),
            (_, wire) => thrift.skip(wire)?,
        }
    }
    let (Some(kind), Some(inflated), Some(stored)) = (kind, inflated, stored) else {
        return Err(Flaw::Wrong);
    };
    let body = match (kind, body) {
        (0, Some((0, numbers))) => Body::Data {
            values: numbers.size(1)?,
            encoding: numbers.encoding(2)?,
            definition: numbers.encoding(3)?,
            repetition: numbers.encoding(4)?,
        },
        (2, Some((2, numbers))) => {
            Body::Dictionary { values: numbers.size(1)?, encoding: numbers.encoding(2)? }
        }
        (3, Some((3, numbers))) => Body::Data2 {
            values: numbers.size(1)?,
            nulls: numbers.size(2)?,
            rows: numbers.size(3)?,
            encoding: numbers.encoding(4)?,
            levels: Levels { definition: numbers.size(5)?, repetition: numbers.size(6)? },
            packed: numbers.0[7] != Some(0),
        },
        (1, _) => Body::Other,
        _ => return Err(Flaw::Wrong),
    };
    Ok((Header { body, stored, inflated }, thrift.at()))
}

/// The integers of a structure by their numbers; truth is 0 or 1.
struct Numbers([Option<i64>; 8]);

fn numbers(thrift: &mut Thrift<'_>) -> Result<Numbers, Flaw> {
    let mut found = [None; 8];
    let mut last = 0;
    while let Some((number, wire)) = thrift.field(&mut last)? {
        let value = match wire {
            Wire::Integer => Some(thrift.integer()?),
            Wire::True => Some(1),
            Wire::False => Some(0),
            wire => {
                thrift.skip(wire)?;
                None
            }
        };
        if let Some(place) = usize::try_from(number).ok().and_then(|it| found.get_mut(it)) {
            *place = value;
        }
    }
    Ok(Numbers(found))
}

impl Numbers {
    fn size(&self, number: usize) -> Result<usize, Flaw> {
        self.0[number]
            .and_then(|it| i32::try_from(it).ok())
            .and_then(|it| usize::try_from(it).ok())
            .ok_or(Flaw::Wrong)
    }

    fn encoding(&self, number: usize) -> Result<Encoding, Flaw> {
        match self.0[number] {
            Some(0) => Ok(Encoding::PLAIN),
            Some(2) => Ok(Encoding::PLAIN_DICTIONARY),
            Some(3) => Ok(Encoding::RLE),
            #[expect(deprecated, reason = "old files have it for their levels")]
            Some(4) => Ok(Encoding::BIT_PACKED),
            Some(5) => Ok(Encoding::DELTA_BINARY_PACKED),
            Some(6) => Ok(Encoding::DELTA_LENGTH_BYTE_ARRAY),
            Some(7) => Ok(Encoding::DELTA_BYTE_ARRAY),
            Some(8) => Ok(Encoding::RLE_DICTIONARY),
            Some(9) => Ok(Encoding::BYTE_STREAM_SPLIT),
            _ => Err(Flaw::Wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_pages_are_read_without_their_statistics() {
        // DATA_PAGE, 100 bytes in 50; 7 values, PLAIN, RLE, RLE, statistics with a value
        let bytes = [
            0x15, 0, 0x15, 200, 1, 0x15, 100, 0x2c, 0x15, 14, 0x15, 0, 0x15, 6, 0x15, 6, 0x1c, 0x18, 3, b'A',
            b'd', b'a', 0, 0, 0,
        ];
        let body = Body::Data {
            values: 7,
            encoding: Encoding::PLAIN,
            definition: Encoding::RLE,
            repetition: Encoding::RLE,
        };
        assert_eq!(read(&bytes), Ok((Header { body, stored: 50, inflated: 100 }, bytes.len())));
        for end in 0..bytes.len() {
            assert_eq!(read(&bytes[..end]), Err(Flaw::Short), "{end}");
        }
        for (at, byte) in [(1, 12), (6, 99), (9, 13), (11, 2), (11, 40), (7, 0x5c)] {
            let mut bytes = bytes;
            bytes[at] = byte;
            assert_eq!(read(&bytes), Err(Flaw::Wrong), "{at}");
        }
    }
}
