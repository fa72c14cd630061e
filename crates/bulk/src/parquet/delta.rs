//! Byte arrays in the delta encodings, unpacked into plain ones.
//!
//! In these encodings a few bytes can stand for a great many, so they are unpacked here, under a bound, and not where
//! bounds would come too late.

use super::unreadable::Unreadable;

/// Lengths first, then all bytes: `DELTA_LENGTH_BYTE_ARRAY`.
pub(super) fn lengths(data: &[u8], values: usize, most: usize, out: &mut Vec<u8>) -> Result<(), Unreadable> {
    let mut packed = Packed::new(data, values)?;
    let lengths = packed.all()?;
    let mut rest = &data[packed.end()..];
    for length in lengths {
        let length = usize::try_from(length).map_err(|_| Unreadable::Damaged)?;
        let (value, after) = rest.split_at_checked(length).ok_or(Unreadable::Damaged)?;
        rest = after;
        push(value, None, most, out)?;
    }
    Ok(())
}

/// What each value shares with the one before, then what it does not: `DELTA_BYTE_ARRAY`. `width` is that of values
/// of a fixed width.
pub(super) fn prefixes(
    data: &[u8],
    values: usize,
    width: Option<usize>,
    most: usize,
    out: &mut Vec<u8>,
) -> Result<(), Unreadable> {
    let mut packed = Packed::new(data, values)?;
    let shared = packed.all()?;
    let data = &data[packed.end()..];
    let mut packed = Packed::new(data, values)?;
    let own = packed.all()?;
    if shared.len() != own.len() {
        return Err(Unreadable::Damaged);
    }
    let mut rest = &data[packed.end()..];
    let mut value = Vec::new();
    for (shared, own) in shared.into_iter().zip(own) {
        let shared = usize::try_from(shared).map_err(|_| Unreadable::Damaged)?;
        let own = usize::try_from(own).map_err(|_| Unreadable::Damaged)?;
        if shared > value.len() {
            return Err(Unreadable::Damaged);
        }
        let (bytes, after) = rest.split_at_checked(own).ok_or(Unreadable::Damaged)?;
        rest = after;
        value.truncate(shared);
        value.extend_from_slice(bytes);
        push(&value, width, most, out)?;
    }
    Ok(())
}

/// Appends a value as plain encoding has it.
fn push(value: &[u8], width: Option<usize>, most: usize, out: &mut Vec<u8>) -> Result<(), Unreadable> {
    if out.len() + value.len() + 4 > most {
        return Err(Unreadable::TooLarge);
    }
    match width {
        Some(width) if width != value.len() => return Err(Unreadable::Damaged),
        Some(_) => {}
        None => {
            let length = u32::try_from(value.len()).map_err(|_| Unreadable::TooLarge)?;
            out.extend_from_slice(&length.to_le_bytes());
        }
    }
    out.extend_from_slice(value);
    Ok(())
}

/// Integers in `DELTA_BINARY_PACKED`.
struct Packed<'d> {
    data: &'d [u8],
    at: usize,
    block: usize,
    minis: usize,
    count: usize,
    first: i64,
}

impl<'d> Packed<'d> {
    /// `most`: more values than a page says that it has cannot be in it.
    fn new(data: &'d [u8], most: usize) -> Result<Packed<'d>, Unreadable> {
        let mut packed = Packed { data, at: 0, block: 0, minis: 0, count: 0, first: 0 };
        let header = [packed.unsigned()?, packed.unsigned()?, packed.unsigned()?];
        let [block, minis, count] = header.map(|it| usize::try_from(it).unwrap_or(usize::MAX));
        let sound = (1..=1 << 20).contains(&block)
            && (1..=block).contains(&minis)
            && block.is_multiple_of(128)
            && block.is_multiple_of(minis)
            && (block / minis).is_multiple_of(32)
            && count <= most;
        if !sound {
            return Err(Unreadable::Damaged);
        }
        (packed.block, packed.minis, packed.count) = (block, minis, count);
        packed.first = packed.signed()?;
        Ok(packed)
    }

    fn all(&mut self) -> Result<Vec<i64>, Unreadable> {
        let mut out = Vec::new();
        if self.count == 0 {
            return Ok(out);
        }
        let mut value = self.first;
        out.push(value);
        let per_mini = self.block / self.minis;
        while out.len() < self.count {
            let least = self.signed()?;
            let widths = self.take(self.minis)?;
            for width in widths {
                // What is behind the last value is not written.
                if out.len() == self.count {
                    break;
                }
                if *width > 64 {
                    return Err(Unreadable::Damaged);
                }
                let bytes = self.take(per_mini / 8 * usize::from(*width))?;
                for index in 0..per_mini.min(self.count - out.len()) {
                    let delta = bits(bytes, index, u32::from(*width)).cast_signed();
                    value = value.wrapping_add(least).wrapping_add(delta);
                    out.push(value);
                }
            }
        }
        Ok(out)
    }

    /// Where what comes next begins.
    fn end(&self) -> usize {
        self.at
    }

    fn take(&mut self, bytes: usize) -> Result<&'d [u8], Unreadable> {
        let end =
            self.at.checked_add(bytes).filter(|end| *end <= self.data.len()).ok_or(Unreadable::Damaged)?;
        let taken = &self.data[self.at..end];
        self.at = end;
        Ok(taken)
    }

    fn unsigned(&mut self) -> Result<u64, Unreadable> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.take(1)?[0];
            value |= u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(Unreadable::Damaged)
    }

    fn signed(&mut self) -> Result<i64, Unreadable> {
        let raw = self.unsigned()?;
        Ok((raw >> 1).cast_signed() ^ -(raw & 1).cast_signed())
    }
}

/// The integer of so many bits at an index; the lowest bits come first.
fn bits(bytes: &[u8], index: usize, width: u32) -> u64 {
    if width == 0 {
        return 0;
    }
    let bit = index * width as usize;
    let mut wide = [0; 16];
    let end = bytes.len().min(bit / 8 + 9);
    let part = &bytes[bit / 8..end];
    wide[..part.len()].copy_from_slice(part);
    let value = (u128::from_le_bytes(wide) >> (bit % 8)) as u64;
    if width == 64 { value } else { value & ((1 << width) - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One block of four miniblocks, of which the first two are used.
    fn packed(values: &[i64]) -> Vec<u8> {
        let mut out = vec![0x80, 0x01, 4, u8::try_from(values.len()).unwrap()];
        let zigzag = |it: i64| u8::try_from(((it << 1) ^ (it >> 63)).cast_unsigned()).unwrap();
        out.push(zigzag(values[0]));
        let deltas: Vec<i64> = values.windows(2).map(|it| it[1] - it[0]).collect();
        let least = deltas.iter().copied().min().unwrap_or(0);
        out.push(zigzag(least));
        out.extend([8, 0, 0, 0]);
        let mut bytes: Vec<u8> = deltas.iter().map(|it| u8::try_from(it - least).unwrap()).collect();
        assert!(bytes.len() <= 32);
        bytes.resize(32, 0);
        out.extend(bytes);
        out
    }

    fn plain(values: &[&str]) -> Vec<u8> {
        values
            .iter()
            .flat_map(|it| u32::try_from(it.len()).unwrap().to_le_bytes().into_iter().chain(it.bytes()))
            .collect()
    }

    #[test]
    fn byte_arrays_become_plain() {
        let mut data = packed(&[3, 0, 5]);
        data.extend(b"adalinus");
        let mut out = Vec::new();
        lengths(&data, 3, 1000, &mut out).unwrap();
        assert_eq!(out, plain(&["ada", "", "linus"]));

        let mut data = packed(&[0, 3, 2]);
        data.extend(packed(&[4, 1, 3]));
        data.extend(b"ada1" as &[u8]);
        data.extend(b"2mxy");
        let mut out = Vec::new();
        prefixes(&data, 3, None, 1000, &mut out).unwrap();
        assert_eq!(out, plain(&["ada1", "ada2", "admxy"]));
    }

    #[test]
    fn what_grows_or_lies_is_refused() {
        let mut data = packed(&[3, 0, 5]);
        data.extend(b"adalinus");
        let mut out = Vec::new();
        assert_eq!(lengths(&data, 2, 1000, &mut out), Err(Unreadable::Damaged));
        assert_eq!(lengths(&data, 3, 10, &mut Vec::new()), Err(Unreadable::TooLarge));
        assert_eq!(lengths(&data[..data.len() - 1], 3, 1000, &mut Vec::new()), Err(Unreadable::Damaged));
        for flip in 0..data.len() {
            for bit in 0..8 {
                let mut data = data.clone();
                data[flip] ^= 1 << bit;
                _ = lengths(&data, 100, 1000, &mut Vec::new());
                _ = prefixes(&data, 100, Some(4), 1000, &mut Vec::new());
            }
        }
    }

    #[test]
    fn integers_of_every_width_are_found() {
        for width in [1, 7, 8, 13, 31, 33, 63, 64] {
            let mask = if width == 64 { u64::MAX } else { (1 << width) - 1 };
            let values: Vec<u64> =
                (0..32u64).map(|it| it.wrapping_mul(0x9e37_79b9_7f4a_7c15) & mask).collect();
            let mut bytes = vec![0; 32 * width / 8];
            for (index, value) in values.iter().enumerate() {
                for bit in 0..width {
                    let at = index * width + bit;
                    bytes[at / 8] |= (u8::from(value >> bit & 1 == 1)) << (at % 8);
                }
            }
            for (index, value) in values.iter().enumerate() {
                assert_eq!(bits(&bytes, index, u32::try_from(width).unwrap()), *value, "{width} {index}");
            }
        }
    }
}
