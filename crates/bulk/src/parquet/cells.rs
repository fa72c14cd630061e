//! Values as text, as JSON has them.

use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type,
    Int64Type, Time32MillisecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::i256;
use arrow_schema::{DataType, TimeUnit};

use super::nodes::Form;

/// A value that is not null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell<'c> {
    Truth(bool),
    Number(&'c str),
    Text(&'c str),
}

/// The value at an index. `None`: it has none that JSON knows, being no text, no number, or out of range.
pub(super) fn cell<'c>(
    array: &'c ArrayRef,
    form: Form,
    index: usize,
    room: &'c mut String,
) -> Option<Cell<'c>> {
    room.clear();
    match form {
        Form::Nothing | Form::Opaque => None,
        Form::Truth => Some(Cell::Truth(array.as_boolean().value(index))),
        Form::Text => std::str::from_utf8(bytes(array, index)?).ok().map(Cell::Text),
        Form::Uuid => {
            for (place, byte) in bytes(array, index)?.iter().enumerate() {
                let dash = if matches!(place, 4 | 6 | 8 | 10) { "-" } else { "" };
                write!(room, "{dash}{byte:02x}").expect("strings take all");
            }
            Some(Cell::Text(room))
        }
        Form::Integer | Form::Number => {
            number(array, index, room)?;
            Some(Cell::Number(room))
        }
        Form::Digits { scale } => {
            let bytes = bytes(array, index)?;
            let (first, room_for) = (*bytes.first()?, 32_usize.checked_sub(bytes.len())?);
            // The sign goes on to the left.
            let mut wide = [if first < 128 { 0 } else { 255 }; 32];
            wide[room_for..].copy_from_slice(bytes);
            decimal(&i256::from_be_bytes(wide).to_string(), scale, room);
            Some(Cell::Number(room))
        }
        Form::Time => {
            time(array, index, room)?;
            Some(Cell::Text(room))
        }
    }
}

fn bytes(array: &ArrayRef, index: usize) -> Option<&[u8]> {
    match array.data_type() {
        DataType::BinaryView => Some(array.as_binary_view().value(index)),
        DataType::FixedSizeBinary(_) => Some(array.as_fixed_size_binary().value(index)),
        _ => None,
    }
}

fn number(array: &ArrayRef, index: usize, out: &mut String) -> Option<()> {
    macro_rules! whole {
        ($kind:ty) => {
            write!(out, "{}", array.as_primitive::<$kind>().value(index))
        };
    }
    match array.data_type() {
        DataType::Int8 => whole!(Int8Type),
        DataType::Int16 => whole!(Int16Type),
        DataType::Int32 => whole!(Int32Type),
        DataType::Int64 => whole!(Int64Type),
        DataType::UInt8 => whole!(UInt8Type),
        DataType::UInt16 => whole!(UInt16Type),
        DataType::UInt32 => whole!(UInt32Type),
        DataType::UInt64 => whole!(UInt64Type),
        DataType::Decimal128(_, scale) => {
            decimal(&array.as_primitive::<Decimal128Type>().value(index).to_string(), *scale, out);
            Ok(())
        }
        // With `?` the shortest text that means the number, with an exponent where there are many zeros.
        DataType::Float16 => {
            let value = array.as_primitive::<Float16Type>().value(index).to_f32();
            if !value.is_finite() {
                return None;
            }
            write!(out, "{value:?}")
        }
        DataType::Float32 => {
            let value = array.as_primitive::<Float32Type>().value(index);
            if !value.is_finite() {
                return None;
            }
            write!(out, "{value:?}")
        }
        DataType::Float64 => {
            let value = array.as_primitive::<Float64Type>().value(index);
            if !value.is_finite() {
                return None;
            }
            write!(out, "{value:?}")
        }
        _ => return None,
    }
    .ok()
}

/// A whole number with so many digits behind the point; fewer than none are zeros before it.
fn decimal(digits: &str, scale: i8, out: &mut String) {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |it| ("-", it));
    out.push_str(sign);
    match usize::try_from(scale) {
        Ok(0) => out.push_str(digits),
        Ok(scale) => {
            let padded = format!("{digits:0>width$}", width = scale + 1);
            let (whole, fraction) = padded.split_at(padded.len() - scale);
            out.push_str(whole);
            out.push('.');
            out.push_str(fraction);
        }
        Err(_) => {
            out.push_str(digits);
            if digits != "0" {
                out.extend((0..scale.unsigned_abs()).map(|_| '0'));
            }
        }
    }
}

fn time(array: &ArrayRef, index: usize, out: &mut String) -> Option<()> {
    const SECOND: i64 = 1_000_000_000;
    match array.data_type() {
        DataType::Date32 => date(i64::from(array.as_primitive::<Date32Type>().value(index)), out),
        DataType::Time32(TimeUnit::Millisecond) => clock(
            i64::from(array.as_primitive::<Time32MillisecondType>().value(index)).checked_mul(1_000_000)?,
            3,
            out,
        ),
        DataType::Time64(TimeUnit::Microsecond) => {
            clock(array.as_primitive::<Time64MicrosecondType>().value(index).checked_mul(1000)?, 6, out)
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            clock(array.as_primitive::<Time64NanosecondType>().value(index), 9, out)
        }
        DataType::Timestamp(unit, zone) => {
            let (value, per_second, digits) = match unit {
                TimeUnit::Millisecond => {
                    (array.as_primitive::<TimestampMillisecondType>().value(index), 1000, 3)
                }
                TimeUnit::Microsecond => {
                    (array.as_primitive::<TimestampMicrosecondType>().value(index), 1_000_000, 6)
                }
                TimeUnit::Nanosecond => {
                    (array.as_primitive::<TimestampNanosecondType>().value(index), SECOND, 9)
                }
                TimeUnit::Second => return None, // Parquet has none
            };
            let per_day = 86_400 * per_second;
            date(value.div_euclid(per_day), out)?;
            out.push('T');
            clock(value.rem_euclid(per_day) * (SECOND / per_second), digits, out)?;
            if zone.is_some() {
                out.push('Z');
            }
            Some(())
        }
        _ => None,
    }
}

/// A day, counted from 1970, in the calendar of ISO 8601. Years are of four digits.
fn date(days: i64, out: &mut String) -> Option<()> {
    // Years begin in March here, and eras of 400 years have equally many days.
    let days = days.checked_add(719_468)?;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    if !(0..=9999).contains(&year) {
        return None;
    }
    write!(out, "{year:04}-{month:02}-{day:02}").ok()
}

/// A time of the day, with no more of the fraction than there is.
fn clock(nanoseconds: i64, digits: usize, out: &mut String) -> Option<()> {
    let (seconds, fraction) = (nanoseconds.div_euclid(1_000_000_000), nanoseconds.rem_euclid(1_000_000_000));
    if !(0..=86_400).contains(&seconds) {
        return None;
    }
    write!(out, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60).ok()?;
    if fraction > 0 {
        let text = format!("{fraction:09}");
        write!(out, ".{}", &text[..digits]).ok()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        BinaryViewArray, Date32Array, Decimal128Array, FixedSizeBinaryArray, Float32Array, Float64Array,
        Int64Array, Time64MicrosecondArray, TimestampMicrosecondArray, TimestampMillisecondArray,
        TimestampNanosecondArray, UInt64Array,
    };

    use super::*;

    #[test]
    fn values_are_told_as_json_tells_them() {
        let uuid: Vec<u8> = (0..16).collect();
        for (array, form, expected) in [
            (
                Arc::new(Int64Array::from(vec![i64::MIN])) as ArrayRef,
                Form::Integer,
                Some("-9223372036854775808"),
            ),
            (Arc::new(UInt64Array::from(vec![u64::MAX])), Form::Integer, Some("18446744073709551615")),
            (decimals(12345, 2), Form::Number, Some("123.45")),
            (decimals(-5, 3), Form::Number, Some("-0.005")),
            (decimals(42, 0), Form::Integer, Some("42")),
            (decimals(42, -2), Form::Integer, Some("4200")),
            (bytes(&[0x04, 0xd2]), Form::Digits { scale: 2 }, Some("12.34")),
            (bytes(&[0xff, 0xfb]), Form::Digits { scale: 0 }, Some("-5")),
            (bytes(&[0x80; 33]), Form::Digits { scale: 0 }, None),
            (bytes(&[]), Form::Digits { scale: 0 }, None),
            (Arc::new(Float64Array::from(vec![0.1])), Form::Number, Some("0.1")),
            (Arc::new(Float64Array::from(vec![1e300])), Form::Number, Some("1e300")),
            (Arc::new(Float32Array::from(vec![0.1])), Form::Number, Some("0.1")),
            (Arc::new(Float64Array::from(vec![f64::NAN])), Form::Number, None),
            (Arc::new(Date32Array::from(vec![0])), Form::Time, Some("1970-01-01")),
            (Arc::new(Date32Array::from(vec![-1])), Form::Time, Some("1969-12-31")),
            (Arc::new(Date32Array::from(vec![19_782])), Form::Time, Some("2024-02-29")),
            (Arc::new(Date32Array::from(vec![2_932_896])), Form::Time, Some("9999-12-31")),
            (Arc::new(Date32Array::from(vec![-719_528])), Form::Time, Some("0000-01-01")),
            (Arc::new(Date32Array::from(vec![i32::MAX])), Form::Time, None),
            (
                Arc::new(Time64MicrosecondArray::from(vec![3_723_000_004])),
                Form::Time,
                Some("01:02:03.000004"),
            ),
            (
                Arc::new(TimestampMillisecondArray::from(vec![-1]).with_timezone("UTC")),
                Form::Time,
                Some("1969-12-31T23:59:59.999Z"),
            ),
            (
                Arc::new(TimestampMicrosecondArray::from(vec![1_717_243_200_000_000])),
                Form::Time,
                Some("2024-06-01T12:00:00"),
            ),
            (
                Arc::new(TimestampNanosecondArray::from(vec![1])),
                Form::Time,
                Some("1970-01-01T00:00:00.000000001"),
            ),
            (Arc::new(TimestampMillisecondArray::from(vec![i64::MAX])), Form::Time, None),
            (Arc::new(BinaryViewArray::from_iter_values([b"Ad\xc3\xa9"])), Form::Text, Some("Ad\u{e9}")),
            (Arc::new(BinaryViewArray::from_iter_values([b"Ad\xc3"])), Form::Text, None),
            (Arc::new(BinaryViewArray::from_iter_values([b"Ada"])), Form::Opaque, None),
            (
                Arc::new(FixedSizeBinaryArray::try_from_iter([uuid].into_iter()).unwrap()),
                Form::Uuid,
                Some("00010203-0405-0607-0809-0a0b0c0d0e0f"),
            ),
        ] {
            let mut room = String::new();
            let found = match cell(&array, form, 0, &mut room) {
                Some(Cell::Text(text) | Cell::Number(text)) => Some(text),
                Some(Cell::Truth(_)) => panic!("{array:?}"),
                None => None,
            };
            assert_eq!(found, expected, "{array:?}");
        }
    }

    fn bytes(bytes: &[u8]) -> ArrayRef {
        Arc::new(BinaryViewArray::from_iter_values([bytes]))
    }

    fn decimals(value: i128, scale: i8) -> ArrayRef {
        Arc::new(Decimal128Array::from(vec![value]).with_precision_and_scale(20, scale).unwrap())
    }
}
