//! The lines of the files that findings are about.

use std::collections::HashMap;

use super::escape::visible;

/// Files that were asked for, cut into lines once.
pub(super) struct Sources<'s, 'f> {
    find: &'f dyn Fn(&str) -> Option<&'s str>,
    files: HashMap<String, Vec<&'s str>>,
}

/// A line as it is shown, and the characters before the one that is meant.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) line: String,
    pub(super) before: usize,
}

impl<'s, 'f> Sources<'s, 'f> {
    pub(super) fn new(find: &'f dyn Fn(&str) -> Option<&'s str>) -> Sources<'s, 'f> {
        Sources { find, files: HashMap::new() }
    }

    /// The line with this number, or of a longer one the part of it around the column that is at most `width` wide.
    /// Both numbers count from 1.
    pub(super) fn line(&mut self, file: &str, line: u32, column: u32, width: usize) -> Option<Shown> {
        if !self.files.contains_key(file) {
            self.files.insert(file.to_owned(), lines((self.find)(file).unwrap_or_default()));
        }
        let text = self.files[file].get((line as usize).checked_sub(1)?)?;
        let column = (column as usize).saturating_sub(1);
        let skipped = if column < width { 0 } else { column - width / 2 };
        let shown: String = text.chars().skip(skipped).take(width).collect();
        (!shown.trim().is_empty())
            .then(|| Shown { line: visible(shown.trim_end()), before: column - skipped })
    }
}

/// As YAML has it: a carriage return alone ends a line too.
fn lines(text: &str) -> Vec<&str> {
    text.split('\n').flat_map(|line| line.strip_suffix('\r').unwrap_or(line).split('\r')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_part_that_is_meant() {
        let text = format!("a: 1\r\n\u{1b}b\rc{}Z\n", "é".repeat(99));
        let find = |file: &str| (file == "f").then_some(text.as_str());
        let mut sources = Sources::new(&find);
        let shown = |line: &str, before| Some(Shown { line: line.to_owned(), before });
        for (file, line, column, expected) in [
            ("f", 1, 4, shown("a: 1", 3)),
            ("f", 2, 2, shown("\u{fffd}b", 1)),
            ("f", 3, 101, shown(&format!("{}Z", "é".repeat(5)), 5)),
            ("f", 4, 1, None),
            ("f", 5, 1, None),
            ("f", 0, 0, None),
            ("f", u32::MAX, u32::MAX, None),
            ("other", 1, 1, None),
        ] {
            assert_eq!(sources.line(file, line, column, 10), expected, "{file}:{line}:{column}");
        }
    }
}
