//! Compact JSON text: source order, numbers and strings as they came; what transforms wrote with only the
//! escapes that JSON requires.

use super::vectors::plain;
use super::{Text, Value};

/// Appends the value without any white space, what the source wrote as it wrote it.
pub(crate) fn write(value: &Value<'_>, out: &mut String) {
    write_with(write_text, value, out);
}

/// The same with every string spelled anew, so that each text has one spelling.
pub(crate) fn write_anew(value: &Value<'_>, out: &mut String) {
    write_with(|text, out| write_string(text, out), value, out);
}

fn write_with(write_text: fn(&Text<'_>, &mut String), value: &Value<'_>, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(text) => out.push_str(text),
        Value::String(text) => write_text(text, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_with(write_text, item, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (i, member) in members.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_text(&member.name, out);
                out.push(':');
                write_with(write_text, &member.value, out);
            }
            out.push('}');
        }
    }
}

/// As the source spelled it, where it did.
fn write_text(text: &Text<'_>, out: &mut String) {
    match text.as_written() {
        Some(written) => {
            out.push('"');
            out.push_str(written);
            out.push('"');
        }
        None => write_string(text, out),
    }
}

/// Appends the text in quotes. Control characters without a short escape become `\u001F`, upper case.
pub(crate) fn write_string(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    out.push('"');
    let mut copied = 0;
    loop {
        let at = plain(text.as_bytes(), copied);
        out.push_str(&text[copied..at]);
        let Some(byte) = text.as_bytes().get(at).copied() else { break };
        let short = match byte {
            b'"' => '"',
            b'\\' => '\\',
            0x08 => 'b',
            0x0C => 'f',
            b'\n' => 'n',
            b'\r' => 'r',
            b'\t' => 't',
            _ => 'u',
        };
        copied = at + 1;
        out.push('\\');
        out.push(short);
        if short == 'u' {
            out.push_str("00");
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out.push('"');
}
