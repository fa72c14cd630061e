//! Numbers by their spelling.

/// Whether it is a whole number that 64 bits hold with its sign, however it is spelled: `12`, `-3`, `1.0`, `1e2`.
pub(crate) fn is_integer(number: &str) -> bool {
    let (negative, digits) = number.strip_prefix('-').map_or((false, number), |it| (true, it));
    let (mantissa, exponent) = digits.split_once(['e', 'E']).map_or((digits, "0"), |it| it);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let all = all.trim_start_matches('0');
    if all.is_empty() {
        return true;
    }
    let Ok(exponent) = exponent.parse::<i64>() else { return false };
    // The value is `significant` with `zeros` zeros behind it.
    let significant = all.trim_end_matches('0');
    let zeros = (all.len() - significant.len()) as i64 - fraction.len() as i64;
    let Some(zeros) = zeros.checked_add(exponent).filter(|it| (0..20).contains(it)) else { return false };
    let spelled = format!("{significant}{}", "0".repeat(zeros as usize));
    match spelled.parse::<u128>() {
        Ok(value) if negative => value <= 1 << 63,
        Ok(value) => value < 1 << 63,
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_integers_in_every_spelling() {
        let integers = [
            "0",
            "-0",
            "12",
            "1.0",
            "1e2",
            "1E+2",
            "-9223372036854775808",
            "9223372036854775807",
            "120e-1",
            "0e999",
        ];
        for number in integers {
            assert!(is_integer(number), "{number}");
        }
        let others =
            ["1.5", "1e-1", "1e30", "-9223372036854775809", "9223372036854775808", "1e99999999999999999999"];
        for number in others {
            assert!(!is_integer(number), "{number}");
        }
    }
}
