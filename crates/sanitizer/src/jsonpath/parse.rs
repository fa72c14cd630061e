//! Text to [`Path`].

use super::filter;
use super::scan::Scan;
use super::{Path, Segment, Selector};

const MAX_LENGTH: usize = 10_000;
const MAX_SEGMENTS: usize = 100;

/// Parses a path as rule authors write it; one that begins with neither `$` nor `@` gets `$.` before it.
/// The error says what is wrong and where in the path.
pub(crate) fn parse(text: &str) -> Result<Path, String> {
    let text = text.trim();
    if text.is_empty() {
        return Err("the path is empty".to_owned());
    }
    if text.len() > MAX_LENGTH {
        return Err(format!("the path is longer than {MAX_LENGTH} bytes"));
    }
    let rooted = match text.starts_with(['$', '@']) {
        true => text.to_owned(),
        false => format!("$.{text}"),
    };
    let mut scan = Scan::new(&rooted);
    scan.next();
    Ok(Path { segments: segments(&mut scan, |_| false)? })
}

/// The steps after the root, until the end or a character that `ends` them (inside a filter).
pub(super) fn segments(scan: &mut Scan<'_>, ends: impl Fn(char) -> bool) -> Result<Vec<Segment>, String> {
    let mut segments = Vec::new();
    loop {
        if segments.len() > MAX_SEGMENTS {
            return Err(format!("the path has more than {MAX_SEGMENTS} steps"));
        }
        match scan.peek() {
            None => return Ok(segments),
            Some(c) if ends(c) => return Ok(segments),
            Some('.') => {
                scan.next();
                let descend = scan.eat(".");
                match scan.peek() {
                    Some('[') => segments.push(bracket(scan, descend)?),
                    _ => segments.push(Segment { descend, selector: dotted(scan, &ends)? }),
                }
            }
            Some('[') => segments.push(bracket(scan, false)?),
            Some(_) => return Err(format!("expected `.` or `[` {}", scan.place())),
        }
    }
}

/// `*` or a name after a dot.
fn dotted(scan: &mut Scan<'_>, ends: &impl Fn(char) -> bool) -> Result<Selector, String> {
    if scan.eat("*") {
        return Ok(Selector::Wildcard);
    }
    let name = scan.take_while(|c| !matches!(c, '.' | '[' | '(' | ' ') && !ends(c));
    match scan.peek() {
        _ if name.is_empty() => Err(format!("a name is missing {}", scan.place())),
        Some('(') => Err(format!("functions such as `{name}()` cannot be rewritten")),
        Some(' ') if !ends(' ') => Err("a name with spaces needs brackets: `['a name']`".to_owned()),
        _ => Ok(Selector::Names(vec![name.to_owned()])),
    }
}

fn bracket(scan: &mut Scan<'_>, descend: bool) -> Result<Segment, String> {
    scan.expect("[")?;
    scan.skip_space();
    let selector = match scan.peek() {
        Some('*') => {
            scan.next();
            Selector::Wildcard
        }
        Some('\'' | '"') => Selector::Names(names(scan)?),
        Some('?') => {
            scan.next();
            Selector::Filter(Box::new(filter::parse(scan)?))
        }
        Some('-' | ':' | '0'..='9') => positions(scan)?,
        Some('(') => return Err("script expressions are not supported".to_owned()),
        _ => {
            return Err(format!("expected a quoted name, `*`, an index or a filter {}", scan.place()));
        }
    };
    scan.skip_space();
    scan.expect("]")?;
    Ok(Segment { descend, selector })
}

fn names(scan: &mut Scan<'_>) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    loop {
        match scan.peek() {
            Some('\'' | '"') => names.push(scan.quoted()?),
            _ => return Err(format!("expected a quoted name {}", scan.place())),
        }
        scan.skip_space();
        if !scan.eat(",") {
            return Ok(names);
        }
        scan.skip_space();
    }
}

/// `0`, `0,1`, `-1`, `1:3`, `:2`, `-2:`.
fn positions(scan: &mut Scan<'_>) -> Result<Selector, String> {
    let first = scan.integer()?;
    scan.skip_space();
    if scan.eat(":") {
        scan.skip_space();
        return Ok(Selector::Slice { start: first, end: scan.integer()? });
    }
    let mut indexes = vec![first.ok_or("expected an index")?];
    while scan.eat(",") {
        scan.skip_space();
        indexes.push(scan.integer()?.ok_or("expected an index")?);
        scan.skip_space();
    }
    Ok(Selector::Indexes(indexes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_it_would_not_match() {
        for text in [
            "",
            "$.",
            "$..",
            "$.a.",
            "$...a",
            "$.a b",
            "$.a.length()",
            "$['a'",
            "$['a]",
            "$[a]",
            "$[?]",
            "$[(@.length-1)]",
            "$[?(@.a",
            "$[?(@.a ==)]",
            "$[?(@.a = 1)]",
            "$[?(@.a =~ 'x')]",
            "$x",
            "$[]",
            "$[1,]",
            "$[?(@.a == 1) x]",
            "$[?(1)]",
            "$[?(@.a in 5)]",
            "..a",
            "$[?(@.a =~ /(/)]",
            r#"$["\u+041"]"#,
            r#"$["\ud83d"]"#,
            r#"$["\ud83d\u0041"]"#,
            r#"$["\ude42\ud83d"]"#,
            r#"$["\u00"]"#,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn bounds_nesting_and_length() {
        for (text, good) in [
            (format!("$.a{}{}", "[?(@.a".repeat(20), ")]".repeat(20)), true),
            (format!("$.a{}{}", "[?(@.a".repeat(1_500), ")]".repeat(1_500)), false),
            (format!("$[?({}@.a{})]", "(".repeat(40), ")".repeat(40)), true),
            (format!("$[?({}@.a{})]", "(".repeat(4_000), ")".repeat(4_000)), false),
            (format!("$[?({}@.a)]", "!".repeat(4_000)), false),
            (format!("$[?(@.a in {}]{})]", "[".repeat(4_000), "]".repeat(4_000)), false),
            (format!("${}", ".a".repeat(100)), true),
            (format!("${}", ".a".repeat(101)), false),
            (format!("$[?(@{})]", ".a".repeat(101)), false),
        ] {
            assert_eq!(parse(&text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn knows_definite_paths() {
        for (text, definite) in [
            ("$", true),
            ("a.b", true),
            ("$.a['b','c']", true),
            ("$.a[0]", true),
            ("$.a[0,1]", false),
            ("$.a[1:]", false),
            ("$..a", false),
            ("$.*", false),
            ("$[?(@.a)]", false),
        ] {
            assert_eq!(parse(text).unwrap().is_definite(), definite, "{text}");
        }
    }
}
