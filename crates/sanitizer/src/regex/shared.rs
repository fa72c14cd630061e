//! Patterns of one rule file: endpoints repeat each other's, and compiling is the dearest part of loading.

use std::collections::HashMap;

use super::Pattern;
use super::translate::Dialect;

/// Compiles each pattern once, however often it is written. Copies share what was compiled.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    compiled: HashMap<(Dialect, String), Pattern>,
}

impl Patterns {
    /// Matches the whole text or not at all.
    pub(crate) fn whole(&mut self, source: &str) -> Result<Pattern, String> {
        self.pattern(source, Dialect { whole: true, ..Dialect::default() })
    }

    /// [`Self::whole`], ASCII letters in either case.
    pub(crate) fn whole_ignore_case(&mut self, source: &str) -> Result<Pattern, String> {
        self.pattern(source, Dialect { whole: true, ignore_case: true, ..Dialect::default() })
    }

    /// Matches anywhere in the text.
    pub(crate) fn find(&mut self, source: &str) -> Result<Pattern, String> {
        self.pattern(source, Dialect::default())
    }

    /// [`Self::find`], ASCII letters in either case.
    pub(crate) fn find_ignore_case(&mut self, source: &str) -> Result<Pattern, String> {
        self.pattern(source, Dialect { ignore_case: true, ..Dialect::default() })
    }

    fn pattern(&mut self, source: &str, dialect: Dialect) -> Result<Pattern, String> {
        let key = (dialect, source.to_owned());
        if let Some(pattern) = self.compiled.get(&key) {
            return Ok(pattern.clone());
        }
        let pattern = Pattern::compile(source, dialect)?;
        self.compiled.insert(key, pattern.clone());
        Ok(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_no_pattern_between_dialects() {
        let mut patterns = Patterns::default();
        for _ in 0..2 {
            let found: Vec<bool> =
                [Patterns::whole, Patterns::whole_ignore_case, Patterns::find, Patterns::find_ignore_case]
                    .into_iter()
                    .flat_map(|compile| {
                        let pattern = compile(&mut patterns, "a+").unwrap();
                        ["aa", "AA", "xaa", "xAA"].map(|text| pattern.is_match(text))
                    })
                    .collect();
            let expected = [
                [true, false, false, false],
                [true, true, false, false],
                [true, false, true, false],
                [true, true, true, true],
            ];
            assert_eq!(found, expected.concat());
        }
    }
}
