//! Framers alone: whatever the blocks and the pieces, nothing is lost and every line has its number.

use proptest::prelude::{Strategy, any, proptest};
use proptest::{collection::vec, prop_assert, prop_assert_eq};

use super::*;
use crate::csv::Lines;
use crate::pipeline::{Block, Blocks};
use crate::records::array::Array;
use crate::records::ndjson::Ndjson;

fn all(blocks: &mut dyn Blocks) -> Result<Vec<Block>, Failure> {
    let mut all = Vec::new();
    while let Some(block) = blocks.next(Vec::new())? {
        all.push(block);
    }
    Ok(all)
}

/// Texts of few letters, so that line ends meet in every way.
fn text() -> impl Strategy<Value = String> {
    vec(proptest::sample::select(vec!["a", "bc", "\n", "\r", "\r\n", " ", "{}"]), 0..40)
        .prop_map(|parts| parts.concat())
}

/// Values whose strings hold what matters outside of strings.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = proptest::prop_oneof![
        any::<i32>().prop_map(serde_json::Value::from),
        "[\\[\\]{},:\"\\\\a\n]{0,6}".prop_map(serde_json::Value::from),
        proptest::strategy::Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        proptest::prop_oneof![
            vec(inner.clone(), 0..3).prop_map(serde_json::Value::from),
            vec(("[\\[\\]{},\"\\\\]{0,3}", inner), 0..3)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn lines_come_whole_and_numbered(text in text(), block in 1..20usize, sizes in vec(1..9usize, 1..4), longest in 1..12usize) {
        let limits = Limits { record: longest, ..Limits::default() };
        let input = || Pieces { bytes: text.as_bytes(), sizes: sizes.clone(), turn: 0 };
        let too_long = text.split(['\n', '\r']).any(|line| line.len() > longest);

        let mut reader = input();
        let framed = all(&mut Ndjson::new(&mut reader, limits, BadRows::Fail).with_block(block));
        prop_assert_eq!(framed.is_err(), too_long);

        let mut reader = input();
        let blocks = all(&mut Ndjson::new(&mut reader, limits, BadRows::Quarantine).with_block(block)).unwrap();
        let mut rest = text.as_str();
        let mut before = Lines::default();
        for block in &blocks {
            let bytes = std::str::from_utf8(&block.bytes).unwrap();
            prop_assert!(rest.starts_with(bytes));
            prop_assert_eq!(block.first_line, before.ended + 1);
            let taken = match block.too_long {
                false => bytes.len(),
                true => {
                    let line = rest.split(['\n', '\r']).next().unwrap();
                    prop_assert!(line.len() > longest);
                    let end = &rest[line.len()..];
                    line.len() + if end.starts_with("\r\n") { 2 } else { end.len().min(1) }
                }
            };
            before.add(&rest.as_bytes()[..taken]);
            rest = &rest[taken..];
            let whole = bytes.split(['\n', '\r']).all(|line| line.len() <= longest);
            prop_assert!(block.too_long || (whole && (rest.is_empty() || bytes.ends_with(['\n', '\r']))));
            prop_assert!(!(bytes.ends_with('\r') && rest.starts_with('\n') && !block.too_long));
        }
        prop_assert_eq!(rest, "");
    }

    #[test]
    fn elements_come_whole(values in vec(value(), 0..6), pretty: bool, block in 1..30usize, sizes in vec(1..9usize, 1..4), longest in 1..60usize) {
        let whole = serde_json::Value::from(values.clone());
        let text = if pretty { serde_json::to_string_pretty(&whole).unwrap() } else { whole.to_string() };
        let lengths = |value: &serde_json::Value| match pretty {
            // Two more blanks before each line but the first.
            true => {
                let text = serde_json::to_string_pretty(value).unwrap();
                text.len() + 2 * text.matches('\n').count()
            }
            false => value.to_string().len(),
        };
        let limits = Limits { record: longest, ..Limits::default() };
        let mut reader = Pieces { bytes: text.as_bytes(), sizes, turn: 0 };
        let blocks = all(&mut Array::new(&mut reader, limits, BadRows::Quarantine).with_block(block)).unwrap();
        let mut found = Vec::new();
        let mut aside = 0;
        for block in &blocks {
            if block.too_long {
                aside += 1;
                prop_assert!(block.bytes.len() <= longest);
                continue;
            }
            for value in serde_json::Deserializer::from_slice(&block.bytes).into_iter::<serde_json::Value>() {
                found.push(value.unwrap());
            }
        }
        let expected: Vec<_> = values.iter().filter(|value| lengths(value) <= longest).cloned().collect();
        prop_assert_eq!(aside, values.len() - expected.len());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn cut_anywhere_an_array_fails(values in vec(value(), 0..4), at in any::<proptest::sample::Index>(), block in 1..30usize) {
        let text = serde_json::Value::from(values).to_string();
        let cut = at.index(text.len());
        let mut reader = &text.as_bytes()[..cut];
        let framed = all(&mut Array::new(&mut reader, Limits::default(), BadRows::Quarantine).with_block(block));
        prop_assert_eq!(framed.unwrap_err().code, "array-not-closed");
    }
}
