//! Numbers as text: which are whole, and how the reference spells one before hashing it.

use std::borrow::Cow;

/// The text that a number is hashed as: integers by their digits, others as Java's `Double.toString`
/// prints the nearest IEEE double (JDK 19 and later), because stored pseudonyms were made that way.
pub(crate) fn java_text(number: &str) -> Cow<'_, str> {
    if !number.contains(['.', 'e', 'E']) {
        return if number == "-0" { "0" } else { number }.into();
    }
    let value: f64 = number.parse().expect("the JSON grammar is a subset of what f64 parses");
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return format!("{sign}0.0").into();
    }
    if (1e-3..1e7).contains(&magnitude) {
        let text = format!("{magnitude}");
        let point = if text.contains('.') { "" } else { ".0" };
        return format!("{sign}{text}{point}").into();
    }
    let mut text = format!("{magnitude:e}");
    if !text.contains('.') {
        // Java shows two digits at least, and of those that mean this double the nearest ones.
        let two_digits = format!("{magnitude:.1e}");
        if two_digits.parse() == Ok(magnitude) {
            text = two_digits;
        }
    }
    let (digits, exponent) = text.split_once('e').expect("the `e` format has an exponent");
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{sign}{digits}{point}E{exponent}").into()
}

/// Whether the number is whole and fits 64 bits, whatever its spelling (`3`, `3.0`, `1e2`).
pub(crate) fn integral(number: &str) -> bool {
    // So many digits are less than 1e18.
    if number.len() <= 18 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    match number.parse::<f64>() {
        // 64 bits of digits may not survive as a double, so those are counted.
        Ok(value) if value.abs() < 1e18 => is_whole(number),
        Ok(_) => number.parse::<i64>().is_ok(),
        Err(_) => false,
    }
}

/// Whether a JSON number has no fraction, whatever its spelling (`3`, `3.0`, `30e-1`) and size.
pub(crate) fn is_whole(number: &str) -> bool {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('-'));
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return true;
    }
    let zeros = (digits.len() - significant.len()) as i64;
    // Beyond the length that numbers may have, only the sign of the exponent matters.
    let far = if exponent.starts_with('-') { -1_000_000 } else { 1_000_000 };
    let exponent = exponent.parse::<i64>().unwrap_or(far).clamp(-1_000_000, 1_000_000);
    exponent - fraction.len() as i64 + zeros >= 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_numbers_as_stored_pseudonyms_were_made() {
        for (number, expected) in [
            ("12345", "12345"),
            ("-0", "0"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("1.10", "1.1"),
            ("1e5", "100000.0"),
            ("12345678.9", "1.23456789E7"),
            ("1e7", "1.0E7"),
            ("9999999.0", "9999999.0"),
            ("0.1e-7", "1.0E-8"),
            ("0.001", "0.001"),
            ("0.00099", "9.9E-4"),
            ("-2.5", "-2.5"),
            ("-0.0", "-0.0"),
            ("1E400", "Infinity"),
            ("-1E400", "-Infinity"),
            ("12.5", "12.5"),
            ("2e23", "2.0E23"),
            ("4.9e-324", "4.9E-324"),
            ("1e-323", "9.9E-324"),
            ("5e-323", "4.9E-323"),
        ] {
            assert_eq!(java_text(number), expected, "{number}");
        }
    }

    #[test]
    fn knows_whole_numbers_in_every_spelling() {
        for (number, whole) in [
            ("3", true),
            ("3.0", true),
            ("1e2", true),
            ("3.7", false),
            ("9223372036854775807", true),
            ("9223372036854775808", false),
            ("1e300", false),
            ("-4", true),
            ("1e16", true),
            ("-9223372036854775808", true),
            ("3.000000000000000000004722334455", false),
            ("4722334455e-1", false),
            ("1e-400", false),
        ] {
            assert_eq!(integral(number), whole, "{number}");
        }
    }

    #[test]
    fn knows_whole_numbers_by_their_text() {
        for (number, whole) in [
            ("0", true),
            ("-3", true),
            ("3.0", true),
            ("3.5", false),
            ("35e-1", false),
            ("30e-1", true),
            ("1.5e1", true),
            ("1.25e1", false),
            ("0.0e-5", true),
            ("1e999999999999999999999", true),
            ("1e-999999999999999999999", false),
            ("10e9223372036854775807", true),
            ("1.5e-9223372036854775808", false),
            ("123456789012345678901234567890", true),
        ] {
            assert_eq!(is_whole(number), whole, "{number}");
        }
    }
}
