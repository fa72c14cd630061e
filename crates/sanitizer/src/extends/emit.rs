//! Nodes as YAML: block style, and quotes where the text would read back as something else.

use std::fmt::Write as _;

use crate::node::{Kind, Node};

/// The text of a document; reading it gives the same nodes.
pub(super) fn emit(root: &Node) -> String {
    let mut out = String::new();
    behind(root, 0, &mut out);
    // What stands behind a key begins with a space, or on the next line.
    out.split_off(1)
}

/// A value behind `key:` or `-`; what takes lines of its own is indented this deep.
fn behind(node: &Node, indent: usize, out: &mut String) {
    if let Some(tag) = &node.tag {
        out.push_str(" !<");
        for c in tag.value.chars() {
            match c {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '.' | ':' | '/' => out.push(c),
                c => {
                    c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| push(out, format_args!("%{byte:02X}")))
                }
            }
        }
        out.push('>');
    }
    match &node.kind {
        Kind::Scalar { text, plain: true } if text.is_empty() => out.push_str(" ~\n"),
        Kind::Scalar { text, plain } => {
            out.push(' ');
            scalar(text, *plain, out);
            out.push('\n');
        }
        Kind::Sequence(items) if items.is_empty() => out.push_str(" []\n"),
        Kind::Mapping(entries) if entries.is_empty() => out.push_str(" {}\n"),
        Kind::Sequence(items) => {
            out.push('\n');
            for item in items {
                push(out, format_args!("{:indent$}-", ""));
                match &item.kind {
                    // The first key stands beside the dash.
                    Kind::Mapping(entries) if item.tag.is_none() && !entries.is_empty() => {
                        let begun = out.len();
                        mapping(entries, indent + 2, out);
                        out.replace_range(begun..begun + indent + 1, "");
                    }
                    _ => behind(item, indent + 2, out),
                }
            }
        }
        Kind::Mapping(entries) => {
            out.push('\n');
            mapping(entries, indent, out);
        }
    }
}

fn mapping(entries: &[(crate::diagnostic::Spanned<String>, Node)], indent: usize, out: &mut String) {
    for (key, node) in entries {
        push(out, format_args!("{:indent$}", ""));
        // A long key has to be announced.
        let announced = key.value.len() > 200;
        out.push_str(if announced { "? " } else { "" });
        scalar(&key.value, !key.value.is_empty(), out);
        if announced {
            push(out, format_args!("\n{:indent$}", ""));
        }
        out.push(':');
        behind(node, indent + 2, out);
    }
}

fn scalar(text: &str, plain: bool, out: &mut String) {
    let odd = |c: char| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
    };
    if text.contains(odd) {
        out.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => push(out, format_args!("\\{c}")),
                c if odd(c) => push(out, format_args!("\\u{:04X}", u32::from(c))),
                c => out.push(c),
            }
        }
        out.push('"');
    } else if plain && reads_back_plain(text) {
        out.push_str(text);
    } else {
        push(out, format_args!("'{}'", text.replace('\'', "''")));
    }
}

/// Whether text on one line needs no quotes. Some that would not need them get them.
fn reads_back_plain(text: &str) -> bool {
    !text.starts_with(|c: char| " -?:,[]{}#&*!|>'\"%@`".contains(c))
        && !text.starts_with("...")
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
}

fn push(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("a string takes all text");
}
