//! Which domains an address may have: two labels at least, and a top-level domain of letters.

use super::cursor::Cursor;

const LABEL: usize = 63;

/// Steps over a domain name.
pub(super) fn domain_name<'a>(cursor: &mut Cursor<'a>) -> Option<&'a str> {
    let name = cursor.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let (labels, top) = name.rsplit_once('.')?;
    (is_top(top) && labels.split('.').all(is_label)).then_some(name)
}

/// Letters only, so names such as `thread.v2` are not domains.
fn is_top(label: &str) -> bool {
    (2..=26).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_label(label: &str) -> bool {
    (1..=LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_labels_and_a_top_of_letters() {
        let longest = format!("{}.{}", "n".repeat(63), "o".repeat(26));
        let good = ["b.co", "B.Example", "1-2.co", "a.b.c.co", "xn--80ak6aa92e.com", &longest];
        let longer = format!("{}.co", "n".repeat(64));
        let longer_top = format!("n.{}", "o".repeat(27));
        let bad = [
            "",
            "b",
            "b.c",
            "b.v2",
            "b.xn--p1ai",
            "-b.co",
            "b-.co",
            "b..co",
            ".co",
            "b.co.",
            "b_c.co",
            &longer,
            &longer_top,
        ];
        for name in good {
            assert_eq!(domain_name(&mut Cursor::new(name)), Some(name));
        }
        for name in bad {
            assert_eq!(domain_name(&mut Cursor::new(name)), None, "{name}");
        }
    }
}
