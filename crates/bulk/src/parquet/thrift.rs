//! Thrift's compact encoding, as far as bounds are checked before others read it.

/// Structures within structures; Parquet's own go no deeper than eight.
const MOST_DEPTH: u32 = 32;

/// A reader of a slice that allocates nothing.
#[derive(Clone, Debug)]
pub(super) struct Thrift<'d> {
    data: &'d [u8],
    at: usize,
}

/// Why something cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// It goes on behind the end of the slice.
    Short,
    /// It is none.
    Wrong,
}

/// The type of a field or of the elements of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    True,
    False,
    Byte,
    Integer,
    Double,
    Binary,
    List,
    Map,
    Struct,
}

impl<'d> Thrift<'d> {
    pub(super) fn new(data: &'d [u8]) -> Thrift<'d> {
        Thrift { data, at: 0 }
    }

    /// How many bytes were read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next field of a structure: its number and type. `None` at its end. `last` is the number of the one before.
    pub(super) fn field(&mut self, last: &mut i64) -> Result<Option<(i64, Wire)>, Flaw> {
        let byte = self.byte()?;
        if byte == 0 {
            return Ok(None);
        }
        *last = match byte >> 4 {
            0 => self.integer()?,
            more => *last + i64::from(more),
        };
        match i16::try_from(*last) {
            Ok(number) if number >= 0 => Ok(Some((*last, wire_of(byte & 15)?))),
            _ => Err(Flaw::Wrong),
        }
    }

    /// The head of a list: how many elements of which type. Each takes a byte at least, so they fit what is left.
    pub(super) fn list(&mut self) -> Result<(usize, Wire), Flaw> {
        let byte = self.byte()?;
        let count = match byte >> 4 {
            15 => self.unsigned()?,
            few => u64::from(few),
        };
        let count = self.fitting(count)?;
        Ok((count, wire_of(byte & 15)?))
    }

    /// An integer of any width.
    pub(super) fn integer(&mut self) -> Result<i64, Flaw> {
        let raw = self.unsigned()?;
        Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
    }

    /// A size: an integer that is not negative.
    pub(super) fn size(&mut self) -> Result<usize, Flaw> {
        usize::try_from(self.integer()?).map_err(|_| Flaw::Wrong)
    }

    /// Passes over a value of a field.
    pub(super) fn skip(&mut self, wire: Wire) -> Result<(), Flaw> {
        self.skip_within(wire, 0)
    }

    fn skip_within(&mut self, wire: Wire, depth: u32) -> Result<(), Flaw> {
        if depth > MOST_DEPTH {
            return Err(Flaw::Wrong);
        }
        match wire {
            Wire::True | Wire::False => Ok(()),
            Wire::Byte => self.advance(1),
            Wire::Integer => self.unsigned().map(drop),
            Wire::Double => self.advance(8),
            Wire::Binary => {
                let length = self.unsigned()?;
                let length = self.fitting(length)?;
                self.advance(length)
            }
            Wire::List => {
                let (count, element) = self.list()?;
                (0..count).try_for_each(|_| self.element(element, depth))
            }
            Wire::Map => {
                let count = self.unsigned()?;
                let count = self.fitting(count)?;
                if count > 0 {
                    let byte = self.byte()?;
                    let (key, value) = (wire_of(byte >> 4)?, wire_of(byte & 15)?);
                    for _ in 0..count {
                        self.element(key, depth)?;
                        self.element(value, depth)?;
                    }
                }
                Ok(())
            }
            Wire::Struct => {
                let mut last = 0;
                while let Some((_, wire)) = self.field(&mut last)? {
                    self.skip_within(wire, depth + 1)?;
                }
                Ok(())
            }
        }
    }

    /// Truth takes a byte in lists, none in fields.
    fn element(&mut self, wire: Wire, depth: u32) -> Result<(), Flaw> {
        match wire {
            Wire::True | Wire::False => self.advance(1),
            wire => self.skip_within(wire, depth + 1),
        }
    }

    fn byte(&mut self) -> Result<u8, Flaw> {
        let byte = *self.data.get(self.at).ok_or(Flaw::Short)?;
        self.at += 1;
        Ok(byte)
    }

    fn unsigned(&mut self) -> Result<u64, Flaw> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(Flaw::Wrong)
    }

    fn fitting(&self, count: u64) -> Result<usize, Flaw> {
        match usize::try_from(count) {
            Ok(count) if count <= self.data.len() - self.at => Ok(count),
            Ok(count) if i32::try_from(count).is_ok() => Err(Flaw::Short),
            _ => Err(Flaw::Wrong),
        }
    }

    fn advance(&mut self, bytes: usize) -> Result<(), Flaw> {
        if bytes > self.data.len() - self.at {
            return Err(Flaw::Short);
        }
        self.at += bytes;
        Ok(())
    }
}

fn wire_of(code: u8) -> Result<Wire, Flaw> {
    match code {
        1 => Ok(Wire::True),
        2 => Ok(Wire::False),
        3 => Ok(Wire::Byte),
        4..=6 => Ok(Wire::Integer),
        7 => Ok(Wire::Double),
        8 => Ok(Wire::Binary),
        9 | 10 => Ok(Wire::List),
        11 => Ok(Wire::Map),
        12 => Ok(Wire::Struct),
        _ => Err(Flaw::Wrong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_passed_over() {
        // 1: i32 150, 2: struct { 1: binary "ab" }, 4: list<i32> [1, -1], 5: true; end
        let bytes = [0x15, 0xac, 0x02, 0x1c, 0x18, 2, b'a', b'b', 0, 0x29, 0x25, 2, 1, 0x11, 0];
        let mut thrift = Thrift::new(&bytes);
        let mut last = 0;
        assert_eq!(thrift.field(&mut last), Ok(Some((1, Wire::Integer))));
        assert_eq!(thrift.integer(), Ok(150));
        for expected in [(2, Wire::Struct), (4, Wire::List), (5, Wire::True)] {
            assert_eq!(thrift.field(&mut last), Ok(Some(expected)));
            thrift.skip(expected.1).unwrap();
        }
        assert_eq!(thrift.field(&mut last), Ok(None));
        assert_eq!(thrift.at(), bytes.len());
        for end in 0..bytes.len() {
            assert_eq!(Thrift::new(&bytes[..end]).skip(Wire::Struct), Err(Flaw::Short), "{end}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for bytes in [
            &[0x1d, 0][..],                                               // no such type
            &[0x05, 0x01, 0],                                             // a negative number
            &[0x15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], // too long an integer
            &[0x18, 255, 255, 255, 255, 255, 1],                          // text of gigabytes
            &[0x1c; 100],                                                 // too deep
        ] {
            assert_eq!(Thrift::new(bytes).skip(Wire::Struct), Err(Flaw::Wrong), "{bytes:?}");
        }
        assert_eq!(Thrift::new(&[0x19, 0xf5, 200, 1, 1, 1]).skip(Wire::Struct), Err(Flaw::Short));
    }
}
