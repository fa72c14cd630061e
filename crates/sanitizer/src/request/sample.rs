//! Example texts for a regex, to try endpoints with at load.
//!
//! A guess, not a proof: it reads the common part of the dialect, ignores look-around, and gives nothing
//! for the rest. Whoever uses a sample checks it against the compiled pattern.

use std::iter::Peekable;
use std::str::Chars;

/// Most samples of one pattern.
const MAX: usize = 8;
/// Longest sample worth keeping.
const MAX_LENGTH: usize = 512;
/// Characters to try for a class, the likeliest of a path first.
const LIKELY: &str = "a1A-_.~@/+=:?&% ";

/// A well-formed token that stands for nobody.
pub(super) fn token() -> String {
    format!("p~{}", "A".repeat(64))
}

pub(super) fn of_regex(source: &str) -> Vec<String> {
    of_regex_with(source, &|_| None)
}

/// The same with known values for some of the named groups.
pub(super) fn of_regex_with<'v>(source: &str, values: &dyn Fn(&str) -> Option<Vec<&'v str>>) -> Vec<String> {
    let values = |name: &str| Some(values(name)?.into_iter().map(str::to_owned).collect());
    let mut reader = Reader { rest: source.chars().peekable(), depth: 0, values: &values };
    let samples = reader.alternatives();
    if reader.rest.next().is_some() { Vec::new() } else { samples.unwrap_or_default() }
}

struct Reader<'s> {
    rest: Peekable<Chars<'s>>,
    depth: usize,
    /// Values for the group of this name.
    values: &'s dyn Fn(&str) -> Option<Vec<String>>,
}

/// The first, with one part varied at a time.
fn combine(parts: &[Vec<String>]) -> Vec<String> {
    let with = |varied: usize, choice: usize| -> String {
        let pick = |(i, part): (usize, &Vec<String>)| part[if i == varied { choice } else { 0 }].clone();
        parts.iter().enumerate().map(pick).collect()
    };
    let mut samples = vec![with(0, 0)];
    for (varied, part) in parts.iter().enumerate() {
        samples.extend((1..part.len()).map(|choice| with(varied, choice)));
    }
    samples.retain(|sample| sample.len() <= MAX_LENGTH);
    samples.truncate(MAX);
    samples
}

impl Reader<'_> {
    /// `a|b|c`, up to a closing parenthesis or the end. `None`: something this reader does not know.
    fn alternatives(&mut self) -> Option<Vec<String>> {
        self.depth += 1;
        if self.depth > 50 {
            return None;
        }
        let mut all = self.sequence()?;
        while self.rest.next_if_eq(&'|').is_some() {
            all.extend(self.sequence()?);
        }
        self.depth -= 1;
        all.dedup();
        all.truncate(MAX);
        Some(all)
    }

    fn sequence(&mut self) -> Option<Vec<String>> {
        let mut parts = vec![vec![String::new()]];
        while let Some(&c) = self.rest.peek() {
            if c == '|' || c == ')' {
                break;
            }
            self.rest.next();
            let atom = match c {
                '^' | '$' => continue,
                '(' => self.group()?,
                '[' => self.class()?,
                '.' => vec!["a".to_owned()],
                '\\' => self.escape()?,
                '*' | '+' | '?' | '{' => return None,
                c => vec![c.to_string()],
            };
            let repeated = self.repetition(atom)?;
            if repeated.is_empty() {
                return None;
            }
            parts.push(repeated);
        }
        Some(combine(&parts))
    }

    fn repetition(&mut self, atom: Vec<String>) -> Option<Vec<String>> {
        let (least, may_be_more) = match self.rest.peek() {
            Some('*' | '?') => (0, true),
            Some('+') => (1, true),
            Some('{') => {
                self.rest.next();
                let bounds: String = std::iter::from_fn(|| self.rest.next_if(|&c| c != '}')).collect();
                let least = bounds.split(',').next().unwrap_or_default();
                (least.parse::<usize>().ok().filter(|&it| it <= MAX_LENGTH)?, false)
            }
            _ => return Some(atom),
        };
        self.rest.next();
        while self.rest.next_if(|&c| c == '?' || c == '+').is_some() {}
        let mut samples = Vec::new();
        if least > 0 {
            samples.extend(atom.iter().map(|sample| sample.repeat(least)));
        } else {
            samples.push(String::new());
            samples.extend(may_be_more.then_some(atom).into_iter().flatten());
        }
        Some(samples)
    }

    fn group(&mut self) -> Option<Vec<String>> {
        let mut looks_around = false;
        let mut known = None;
        if self.rest.next_if_eq(&'?').is_some() {
            match self.rest.next()? {
                ':' | '>' => {}
                '=' | '!' => looks_around = true,
                '<' => {
                    looks_around = matches!(self.rest.peek(), Some('=' | '!'));
                    if looks_around {
                        self.rest.next();
                    } else {
                        let name: String = std::iter::from_fn(|| self.rest.next_if(|&c| c != '>')).collect();
                        self.rest.next()?;
                        known = (self.values)(&name).filter(|values| !values.is_empty());
                    }
                }
                _ => loop {
                    match self.rest.next()? {
                        ')' => return Some(vec![String::new()]),
                        ':' => break,
                        _ => {}
                    }
                },
            }
        }
        let inside = self.alternatives()?;
        self.rest.next_if_eq(&')')?;
        Some(if looks_around { vec![String::new()] } else { known.unwrap_or(inside) })
    }

    fn escape(&mut self) -> Option<Vec<String>> {
        let c = self.rest.next()?;
        let text = match c {
            'd' => "1",
            'D' | 'w' | 'S' => "a",
            's' => " ",
            'W' => "-",
            'b' | 'A' | 'z' | 'Z' => "",
            'Q' => {
                let mut quoted = String::new();
                for c in self.rest.by_ref() {
                    quoted.push(c);
                    if quoted.ends_with("\\E") {
                        quoted.truncate(quoted.len() - 2);
                        break;
                    }
                }
                return Some(vec![quoted]);
            }
            c if c.is_ascii_alphanumeric() => return None,
            c => return Some(vec![c.to_string()]),
        };
        Some(vec![text.to_owned()])
    }

    /// A bracket expression without nesting: up to two characters that are in it.
    fn class(&mut self) -> Option<Vec<String>> {
        let negated = self.rest.next_if_eq(&'^').is_some();
        let mut ranges: Vec<(char, char)> = Vec::new();
        loop {
            let from = match self.rest.next()? {
                ']' if !ranges.is_empty() => break,
                '[' | '&' if self.rest.peek() == Some(&'&') => return None,
                '[' => return None,
                '\\' => match self.rest.next()? {
                    'd' => {
                        ranges.push(('0', '9'));
                        continue;
                    }
                    'w' => {
                        ranges.extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]);
                        continue;
                    }
                    's' => {
                        ranges.extend([(' ', ' '), ('\t', '\r')]);
                        continue;
                    }
                    c if c.is_ascii_alphanumeric() => return None,
                    c => c,
                },
                c => c,
            };
            let mut ahead = self.rest.clone();
            let to = match (ahead.next(), ahead.next()) {
                (Some('-'), Some(to)) if to != ']' && to != '\\' => {
                    self.rest = ahead;
                    to
                }
                _ => from,
            };
            ranges.push((from, to));
        }
        let inside = |c: char| ranges.iter().any(|&(from, to)| (from..=to).contains(&c)) != negated;
        let own = ranges.iter().map(|&(from, _)| from);
        let mut found: Vec<String> =
            LIKELY.chars().chain(own).filter(|&c| inside(c)).map(String::from).collect();
        found.dedup();
        found.truncate(2);
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regex::Pattern;

    #[test]
    fn makes_up_texts_that_match() {
        for (source, first) in [
            ("/v2/users", "/v2/users"),
            (r"^/v2/users/[^/?]+(\?.*)?$", "/v2/users/a"),
            (r"^/v2/(?:meetings|past_meetings)/\d{9,11}$", "/v2/meetings/111111111"),
            (r"/v2/meetings/(?!summary)(?<id>[A-Za-z0-9+/]{22}==)", "/v2/meetings/aaaaaaaaaaaaaaaaaaaaaa=="),
            (r"p~[a-zA-Z0-9_-]{43,}", &format!("p~{}", "a".repeat(43))),
            (r"\Q/a.b\E/x+?", "/a.b/x"),
            (r"(?i)ab*c", "ac"),
            (r"[\w.-]+@[\w-]+", "a@a"),
        ] {
            let samples = of_regex(source);
            assert_eq!(samples.first().map(String::as_str), Some(first), "{source}");
            let pattern = Pattern::whole(source).unwrap();
            assert!(samples.iter().all(|sample| pattern.is_match(sample)), "{source}: {samples:?}");
        }
    }

    #[test]
    fn puts_known_values_into_named_groups() {
        let years = |name: &str| (name == "year").then(|| vec!["2025", "2026"]);
        assert_eq!(of_regex_with(r"/v2/(?<kind>\w)/(?<year>20\d{2})", &years), ["/v2/a/2025", "/v2/a/2026"]);
        assert_eq!(of_regex_with(r"/v2/(?<year>20\d{2})", &|_| Some(Vec::new())), ["/v2/2011"]);
    }

    #[test]
    fn gives_nothing_for_what_it_cannot_read() {
        for source in [r"\p{L}", "[a-z&&[^b]]", "(a", "a)", r"(a)\1", "*"] {
            assert!(of_regex(source).is_empty(), "{source}");
        }
    }
}
