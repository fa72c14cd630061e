//! Templates of the paths of files: `export/{week}/index_{shard}.ndjson{suffix?}`.
//!
//! A parameter holds letters of one segment, at least one, or none if it ends in a question mark. As many as the first
//! one can hold belong to it, then to the next. So the texts between parameters are looked for from the end, each as
//! far to the right as it fits; there is never a need to try again, because a text further to the left only takes from
//! the parameters before it.

/// A template, cut at its slashes.
#[derive(Clone, Debug)]
pub(super) struct Template {
    segments: Vec<Vec<Piece>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Parameter { optional: bool },
}

/// What is wrong with a template, and what to do about it.
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) suggestion: &'static str,
}

/// A letter of a path, or what a parameter of another template may stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letter {
    Byte(u8),
    AtLeastOne,
    Any,
}

impl Template {
    /// Reads a template, of which one slash at the beginning does not count.
    pub(super) fn read(text: &str) -> Result<Template, Mistake> {
        let text = text.strip_prefix('/').unwrap_or(text);
        if text.is_empty() {
            return Err(Mistake {
                message: "a template of paths is empty".to_owned(),
                suggestion: "write a path, such as `export/{name}.csv`",
            });
        }
        let mut names = Vec::new();
        let segments = text.split('/').map(|segment| pieces(segment, &mut names));
        Ok(Template { segments: segments.collect::<Result<_, _>>()? })
    }

    /// Whether it has a parameter.
    pub(super) fn has_parameter(&self) -> bool {
        self.segments.iter().flatten().any(|piece| matches!(piece, Piece::Parameter { .. }))
    }

    /// Whether it is of one segment, as what a parameter holds is.
    pub(super) fn is_one_segment(&self) -> bool {
        self.segments.len() == 1
    }

    /// What the last parameter holds of a path that matches as a whole; empty if there is no parameter.
    pub(super) fn find<'p>(&self, path: &'p str) -> Option<&'p str> {
        if path.split('/').count() != self.segments.len() {
            return None;
        }
        let mut last = "";
        for (pieces, segment) in self.segments.iter().zip(path.split('/')) {
            let letters: Vec<Letter> = segment.bytes().map(Letter::Byte).collect();
            if let Some((start, end)) = last_parameter(pieces, &letters)? {
                // Texts are found at the borders of characters, because they are whole characters themselves.
                last = segment.get(start..end)?;
            }
        }
        Some(last)
    }

    /// Whether it matches every path that the other one matches. `false` may mean that it cannot be told.
    pub(super) fn covers(&self, other: &Template) -> bool {
        let covers =
            |(own, pieces): (&Vec<Piece>, &Vec<Piece>)| last_parameter(own, &letters(pieces)).is_some();
        self.segments.len() == other.segments.len() && self.segments.iter().zip(&other.segments).all(covers)
    }
}

fn letters(pieces: &[Piece]) -> Vec<Letter> {
    let mut letters = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Literal(text) => letters.extend(text.bytes().map(Letter::Byte)),
            Piece::Parameter { optional: false } => letters.push(Letter::AtLeastOne),
            Piece::Parameter { optional: true } => letters.push(Letter::Any),
        }
    }
    letters
}

/// Where the last parameter stands in a segment that matches: `Some(None)` where there is none.
fn last_parameter(pieces: &[Piece], segment: &[Letter]) -> Option<Option<(usize, usize)>> {
    let mut last = None;
    // What is left of the segment, and the fewest letters of the parameter that it ends in.
    let (mut end, mut fewest) = (segment.len(), None);
    let mut parameter = |start: usize, end: usize| {
        last.get_or_insert((start, end));
    };
    for (at, piece) in pieces.iter().enumerate().rev() {
        match (piece, fewest) {
            (Piece::Literal(text), None) => end = end.checked_sub(ending(&segment[..end], text)?)?,
            (Piece::Literal(text), Some(few)) => {
                let latest = latest(&segment[..end], few)?;
                // What stands first can stand nowhere else.
                let latest = if at == 0 { latest.min(text.len()) } else { latest };
                let start = (0..=latest).rev().find(|&at| ending(&segment[..at], text).is_some())?;
                parameter(start, end);
                (end, fewest) = (start - text.len(), None);
            }
            (Piece::Parameter { optional }, None) => fewest = Some(usize::from(!optional)),
            (Piece::Parameter { optional }, Some(few)) => {
                let start = latest(&segment[..end], few)?;
                parameter(start, end);
                (end, fewest) = (start, Some(usize::from(!optional)));
            }
        }
    }
    match fewest {
        Some(few) => {
            latest(&segment[..end], few)?;
            parameter(0, end);
        }
        None if end > 0 => return None,
        None => {}
    }
    Some(last)
}

/// The length of a text, if it ends these letters.
fn ending(letters: &[Letter], text: &str) -> Option<usize> {
    let start = letters.len().checked_sub(text.len())?;
    let same = letters[start..].iter().zip(text.bytes()).all(|(letter, byte)| *letter == Letter::Byte(byte));
    same.then_some(text.len())
}

/// The last place from which on there are so many letters, which is one or none.
fn latest(letters: &[Letter], few: usize) -> Option<usize> {
    match few {
        0 => Some(letters.len()),
        _ => letters.iter().rposition(|letter| *letter != Letter::Any),
    }
}

fn pieces<'t>(segment: &'t str, names: &mut Vec<&'t str>) -> Result<Vec<Piece>, Mistake> {
    let mut pieces = Vec::new();
    let mut rest = segment;
    while let Some(open) = rest.find(['{', '}']) {
        let (text, braced) = rest.split_at(open);
        literal(text, &mut pieces)?;
        let inside = braced.strip_prefix('{').and_then(|after| after.split_once('}'));
        let (inside, after) = inside.ok_or_else(|| Mistake {
            message: "a brace has no partner in its part of the path".to_owned(),
            suggestion: "a parameter is written `{name}`",
        })?;
        let (name, optional) = match inside.strip_suffix('?') {
            Some(name) => (name, true),
            None => (inside, false),
        };
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        if !begins || !name.bytes().all(|c| c.is_ascii_alphanumeric()) {
            return Err(Mistake {
                message: format!("`{{{inside}}}` is not a parameter"),
                suggestion: "a name is a letter, then letters and digits, without `_` and `-`",
            });
        }
        if names.contains(&name) {
            return Err(Mistake {
                message: format!("the parameter `{name}` stands twice in the template"),
                suggestion: "give each parameter its own name",
            });
        }
        names.push(name);
        pieces.push(Piece::Parameter { optional });
        rest = after;
    }
    literal(rest, &mut pieces)?;
    Ok(pieces)
}

fn literal(text: &str, pieces: &mut Vec<Piece>) -> Result<(), Mistake> {
    if let Some(glob) = text.chars().find(|c| matches!(c, '*' | '?')) {
        return Err(Mistake {
            message: format!("`{glob}` stands for itself in a path, which is hardly meant"),
            suggestion: "a parameter such as `{name}`, or `{name?}` for one that may be empty, matches what varies",
        });
    }
    if !text.is_empty() {
        pieces.push(Piece::Literal(text.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_whole_paths() {
        for (template, path, last) in [
            ("users.csv", "users.csv", Some("")),
            ("/users.csv", "users.csv", Some("")),
            ("/users.csv", "/users.csv", None),
            ("users.csv", "a/users.csv", None),
            ("users.csv", "Users.csv", None),
            ("users.csv", "usersxcsv", None),
            ("{name}.csv", "users.csv", Some("users")),
            ("{name}.csv", ".csv", None),
            ("{name?}.csv", ".csv", Some("")),
            ("{name}.csv", "a/users.csv", None),
            ("{name}.csv", "a.csv.csv", Some("a.csv")),
            ("{folder}/{name}.csv", "a/users.csv", Some("users")),
            ("in/{w}/f{n}.csv{gz?}", "in/w1/f2.csv", Some("")),
            ("in/{w}/f{n}.csv{gz?}", "in/w1/f2.csv.gz", Some(".gz")),
            ("in/{w}/f{n}.csv{gz?}", "in/w1/f.csv", None),
            ("{a}_{b}.csv", "x_y_z.csv", Some("z")),
            ("{a}_{b}_{c}", "1_2_3_4", Some("4")),
            ("{a}_{b?}", "x__", Some("")),
            ("{a}{b}", "xyz", Some("z")),
            ("{a}{b?}", "xyz", Some("")),
            ("{a}{b}", "x", None),
            ("{a?}{b}", "x", Some("x")),
            ("é{a}ü", "éöü", Some("ö")),
            ("{a}", "日", Some("日")),
            ("a//b", "a//b", Some("")),
        ] {
            let read = Template::read(template).unwrap_or_else(|it| panic!("{template}: {}", it.message));
            assert_eq!(read.find(path), last, "{template} on {path}");
        }
    }

    /// The same as the regex that the template means, on every path of a few letters.
    #[test]
    fn divides_paths_as_regexes_do() {
        let templates = [
            "{a}x{b}",
            "{a}x{b?}",
            "{a?}x{b}y",
            "x{a}y{b}x",
            "{a?}x{b?}y{c?}",
            "{a}xy{b}",
            "{a}/x{b}",
            "{a}{b}x",
            "{a}{b?}x{c}",
            "xx{a}",
            "{a}xx",
            "{a}/{b}",
        ];
        let mut paths = vec![String::new()];
        for length in 0..6 {
            let longer = paths.iter().filter(|path| path.len() == length);
            let longer: Vec<String> =
                longer.flat_map(|path| ["x", "y", "/"].map(|letter| format!("{path}{letter}"))).collect();
            paths.extend(longer);
        }
        for template in templates {
            let read = Template::read(template).ok().unwrap();
            let mut source = regex::escape(template);
            for name in ["a", "b", "c"] {
                source = source.replace(&format!("\\{{{name}\\}}"), "([^/]+)");
                source = source.replace(&format!("\\{{{name}\\?\\}}"), "([^/]*)");
            }
            let regex = regex::Regex::new(&format!("^(?:{source})$")).unwrap();
            for path in &paths {
                let expected = regex
                    .captures(path)
                    .map(|found| found.iter().last().flatten().map_or("", |group| group.as_str()));
                assert_eq!(read.find(path), expected, "{template} on {path}");
            }
        }
    }

    #[test]
    fn knows_which_covers_which() {
        for (first, second, covers) in [
            ("{a}.csv", "{b}.csv", true),
            ("{a}.csv", "users.csv", true),
            ("{a}.csv", ".csv", false),
            ("{a?}.csv", ".csv", true),
            ("{a}.csv", "{b?}.csv", false),
            ("{a?}.csv", "{b}.csv", true),
            ("users.csv", "{a}.csv", false),
            ("{a}", "{b}.csv", true),
            ("{a}/{b}", "x/{b}.csv", true),
            ("{a}/{b}", "{b}.csv", false),
            ("{a}_{b}", "{x}_{y}_{z}", true),
            ("{a}_{b}", "{x}{y}", false),
            ("{a}", "{x}{y?}", true),
            ("{a}", "{x?}{y}", true),
            ("{a}{b}", "{x}{y?}", false),
        ] {
            let [first_read, second_read] = [first, second].map(|it| Template::read(it).ok().unwrap());
            assert_eq!(first_read.covers(&second_read), covers, "{first} and {second}");
        }
    }

    #[test]
    fn refuses_templates_with_mistakes() {
        for (template, message) in [
            ("", "a template of paths is empty"),
            ("/", "a template of paths is empty"),
            ("in/{a", "a brace has no partner in its part of the path"),
            ("in/a}", "a brace has no partner in its part of the path"),
            ("in/{a/b}", "a brace has no partner in its part of the path"),
            ("{}", "`{}` is not a parameter"),
            ("{my_id}.csv", "`{my_id}` is not a parameter"),
            ("{1a}", "`{1a}` is not a parameter"),
            ("{a}/{a}.csv", "the parameter `a` stands twice in the template"),
            ("users*", "`*` stands for itself in a path, which is hardly meant"),
            ("users?.csv", "`?` stands for itself in a path, which is hardly meant"),
        ] {
            let found = Template::read(template).err().map(|it| it.message);
            assert_eq!(found.as_deref(), Some(message), "{template}");
        }
    }
}
