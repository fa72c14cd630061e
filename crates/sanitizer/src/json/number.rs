//! Numbers as text: which are whole, and how the reference spells one before hashing it.

/// The text that a number is hashed as: integers by their digits, others as Java's `Double.toString`
/// prints the nearest IEEE double (JDK 19 and later), because stored pseudonyms were made that way.
pub(crate) fn java_text(number: &str) -> String {
    if !number.contains(['.', 'e', 'E']) {
        return if number == "-0" { "0".to_owned() } else { number.to_owned() };
    }
    let value: f64 = number.parse().expect("the JSON grammar is a subset of what f64 parses");
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let magnitude = value.abs();
    if magnitude == 0.0 {
        return format!("{sign}0.0");
    }
    if (1e-3..1e7).contains(&magnitude) {
        let text = format!("{magnitude}");
        let point = if text.contains('.') { "" } else { ".0" };
        return format!("{sign}{text}{point}");
    }
    let text = format!("{magnitude:e}");
    let (digits, exponent) = text.split_once('e').expect("the `e` format has an exponent");
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{sign}{digits}{point}E{exponent}")
}

/// Whether the number is whole and fits 64 bits, whatever its spelling (`3`, `3.0`, `1e2`).
pub(crate) fn integral(number: &str) -> bool {
    if !number.contains(['.', 'e', 'E']) {
        return number.parse::<i64>().is_ok();
    }
    let value: f64 = number.parse().expect("the JSON grammar is a subset of what f64 parses");
    value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0
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
        ] {
            assert_eq!(integral(number), whole, "{number}");
        }
    }
}
