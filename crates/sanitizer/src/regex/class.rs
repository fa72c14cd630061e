//! Character classes and the escapes that name characters or sets of them; ASCII sets, as in Java.

use super::translate::Translator;

/// What an escape stands for.
pub(super) enum Escaped {
    Character(char),
    /// The inside of a bracket expression.
    Set {
        inside: String,
        negated: bool,
    },
}

const HORIZONTAL: &str = r" \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}";
const VERTICAL: &str = r"\n\x0B\f\r\x{85}\x{2028}\x{2029}";

/// The escape after a backslash that has been consumed.
pub(super) fn escaped(translator: &mut Translator<'_>) -> Result<Escaped, String> {
    let c = translator.rest.next().ok_or("a backslash ends the pattern")?;
    let set = |inside: &str, negated| Ok(Escaped::Set { inside: inside.to_owned(), negated });
    let character = |c| Ok(Escaped::Character(c));
    match c {
        'd' | 'D' => set("0-9", c == 'D'),
        'w' | 'W' => set("A-Za-z0-9_", c == 'W'),
        's' | 'S' => set(r" \t\n\x0B\f\r", c == 'S'),
        'h' | 'H' => set(HORIZONTAL, c == 'H'),
        'v' | 'V' => set(VERTICAL, c == 'V'),
        'p' | 'P' => property(translator, c == 'P'),
        't' => character('\t'),
        'n' => character('\n'),
        'r' => character('\r'),
        'f' => character('\u{C}'),
        'a' => character('\u{7}'),
        'e' => character('\u{1B}'),
        'c' => {
            let control = translator.rest.next().filter(char::is_ascii).ok_or(r"`\c` needs a letter")?;
            character(char::from(control as u8 ^ 64))
        }
        '0' => {
            let mut code = 0;
            let mut digits = 0;
            while digits < 3
                && let Some(digit) = translator.rest.next_if(|c| ('0'..='7').contains(c))
            {
                code = code * 8 + digit.to_digit(8).expect("an octal digit");
                digits += 1;
            }
            if digits == 0 {
                return Err(r"`\0` needs octal digits".to_owned());
            }
            code_point(code)
        }
        'x' if translator.rest.next_if_eq(&'{').is_some() => {
            let digits = translator.until('}')?;
            code_point(u32::from_str_radix(&digits, 16).map_err(|_| r"`\x{…}` needs hexadecimal digits")?)
        }
        'x' => code_point(hexadecimal(translator, 2)?),
        'u' => {
            let unit = hexadecimal(translator, 4)?;
            let follows = || translator.rest.clone().take(2).eq(['\\', 'u']);
            if !(0xD800..0xDC00).contains(&unit) || !follows() {
                return code_point(unit);
            }
            translator.rest.nth(1);
            let low = hexadecimal(translator, 4)?;
            code_point(0x10000 + ((unit - 0xD800) << 10) + low.wrapping_sub(0xDC00).min(0x11_0000))
        }
        c if c.is_ascii_alphanumeric() => Err(format!(r"`\{c}` is not supported")),
        c => character(c),
    }
}

fn hexadecimal(translator: &mut Translator<'_>, digits: usize) -> Result<u32, String> {
    let mut code = 0;
    for _ in 0..digits {
        let digit = translator.rest.next().and_then(|c| c.to_digit(16));
        code = code * 16 + digit.ok_or("an escape lacks hexadecimal digits")?;
    }
    Ok(code)
}

fn code_point(code: u32) -> Result<Escaped, String> {
    char::from_u32(code).map(Escaped::Character).ok_or_else(|| "an escape names no character".to_owned())
}

/// `\p{…}` and `\pL`. POSIX names are ASCII, as in Java.
fn property(translator: &mut Translator<'_>, negated: bool) -> Result<Escaped, String> {
    let name = match translator.rest.next() {
        Some('{') => translator.until('}')?,
        Some(c) => c.to_string(),
        None => return Err(r"`\p` needs a name".to_owned()),
    };
    let posix = match name.as_str() {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x00-\x7F",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "a-zA-Z0-9",
        "Punct" => "[:punct:]",
        "Graph" => "[:graph:]",
        "Print" => "[:print:]",
        "Blank" => r" \t",
        "Cntrl" => "[:cntrl:]",
        "XDigit" => "0-9a-fA-F",
        "Space" => r" \t\n\x0B\f\r",
        _ => "",
    };
    if !posix.is_empty() {
        return Ok(Escaped::Set { inside: posix.to_owned(), negated });
    }
    let name = name.strip_prefix("Is").unwrap_or(&name);
    Ok(Escaped::Set { inside: format!(r"\p{{{name}}}"), negated })
}

/// A bracket expression whose `[` has been consumed.
pub(super) fn class(translator: &mut Translator<'_>) -> Result<(), String> {
    nested(translator, 0)
}

fn nested(translator: &mut Translator<'_>, depth: usize) -> Result<(), String> {
    if depth > 50 {
        return Err("character classes are nested too deep".to_owned());
    }
    let unclosed = || "a character class is not closed".to_owned();
    translator.out.push('[');
    if translator.rest.next_if_eq(&'^').is_some() {
        translator.out.push('^');
    }
    let mut first = true;
    loop {
        let c = translator.rest.next().ok_or_else(unclosed)?;
        match c {
            ']' if !first => break,
            '[' => nested(translator, depth + 1)?,
            '&' if translator.rest.next_if_eq(&'&').is_some() => translator.out.push_str("&&"),
            _ => {
                let from = match c {
                    '\\' if translator.rest.next_if_eq(&'Q').is_some() => {
                        quoted(translator)?;
                        first = false;
                        continue;
                    }
                    '\\' => match escaped(translator)? {
                        Escaped::Character(c) => c,
                        Escaped::Set { inside, negated } => {
                            let sign = if negated { "^" } else { "" };
                            translator.out.push_str(&format!("[{sign}{inside}]"));
                            first = false;
                            continue;
                        }
                    },
                    c => c,
                };
                member(translator, from)?;
            }
        }
        first = false;
    }
    translator.out.push(']');
    Ok(())
}

/// A single character or a range that begins with it.
fn member(translator: &mut Translator<'_>, from: char) -> Result<(), String> {
    let mut ahead = translator.rest.clone();
    let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), None | Some(']' | '['));
    if !is_range {
        single(translator, from);
        return Ok(());
    }
    translator.rest.next();
    let to = match translator.rest.next() {
        Some('\\') => match escaped(translator)? {
            Escaped::Character(c) => c,
            Escaped::Set { .. } => return Err("a range must end in a character".to_owned()),
        },
        Some(c) => c,
        None => return Err("a character class is not closed".to_owned()),
    };
    if to < from {
        return Err("a range runs backwards".to_owned());
    }
    push_range(translator, from, to);
    if translator.flags.ignore_case {
        for (low, high, shift) in [('a', 'z', -32_i32), ('A', 'Z', 32)] {
            let (start, end) = (from.max(low), to.min(high));
            if start <= end {
                let shifted = |c: char| char::from((c as i32 + shift) as u8);
                push_range(translator, shifted(start), shifted(end));
            }
        }
    }
    Ok(())
}

fn single(translator: &mut Translator<'_>, c: char) {
    push_character(translator, c);
    if translator.flags.ignore_case {
        if c.is_ascii_lowercase() {
            translator.out.push(c.to_ascii_uppercase());
        } else if c.is_ascii_uppercase() {
            translator.out.push(c.to_ascii_lowercase());
        } else if translator.flags.unicode_case {
            for other in c.to_lowercase().chain(c.to_uppercase()) {
                push_character(translator, other);
            }
        }
    }
}

fn quoted(translator: &mut Translator<'_>) -> Result<(), String> {
    loop {
        match translator.rest.next() {
            None => return Err("a character class is not closed".to_owned()),
            Some('\\') if translator.rest.next_if_eq(&'E').is_some() => return Ok(()),
            Some(c) => single(translator, c),
        }
    }
}

fn push_range(translator: &mut Translator<'_>, from: char, to: char) {
    push_character(translator, from);
    translator.out.push('-');
    push_character(translator, to);
}

fn push_character(translator: &mut Translator<'_>, c: char) {
    if c.is_ascii_alphanumeric() {
        translator.out.push(c);
    } else {
        translator.out.push_str(&format!(r"\x{{{:X}}}", c as u32));
    }
}
