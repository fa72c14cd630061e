//! Path templates: `/v2/users/{userId}/meetings` as literal text and parameters.

use super::path;

/// A template in pieces.
pub(super) struct Template {
    pieces: Vec<Piece>,
}

enum Piece {
    /// In the spelling that [`path::spell`] gives to request paths.
    Literal(String),
    /// `{name}` holds at least one character of one segment, `{name?}` may be empty.
    Parameter { name: String, optional: bool },
}

/// What is wrong with a template, and what to do about it.
pub(super) struct Mistake {
    pub(super) message: String,
    pub(super) suggestion: &'static str,
}

impl Template {
    pub(super) fn parse(text: &str) -> Result<Template, Mistake> {
        let mut template = Template { pieces: Vec::new() };
        let mut rest = text;
        while let Some(open) = rest.find(['{', '}']) {
            let (literal, braced) = rest.split_at(open);
            template.literal(literal)?;
            let inside = braced.strip_prefix('{').and_then(|after| after.split_once('}'));
            let (inside, after) = inside.ok_or_else(|| Mistake {
                message: "a brace has no partner".to_owned(),
                suggestion: "a parameter is written `{name}`",
            })?;
            template.parameter(inside)?;
            rest = after;
        }
        template.literal(rest)?;
        Ok(template)
    }

    fn literal(&mut self, text: &str) -> Result<(), Mistake> {
        let spelled = path::spell(text).ok_or_else(|| Mistake {
            message: "a `%` is not followed by two hexadecimal digits".to_owned(),
            suggestion: "write a literal percent sign as `%25`",
        })?;
        if !spelled.is_empty() {
            self.pieces.push(Piece::Literal(spelled));
        }
        Ok(())
    }

    fn parameter(&mut self, inside: &str) -> Result<(), Mistake> {
        let (name, optional) = match inside.strip_suffix('?') {
            Some(name) => (name, true),
            None => (inside, false),
        };
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        if !begins || !name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_' || c == b'-') {
            return Err(Mistake {
                message: format!("`{{{inside}}}` is not a parameter"),
                suggestion: "a name is a letter or `_`, then letters, digits, `_` and `-`",
            });
        }
        if self.names().any(|known| known == name) {
            return Err(Mistake {
                message: format!("the parameter `{name}` stands twice in the template"),
                suggestion: "give each parameter its own name",
            });
        }
        self.pieces.push(Piece::Parameter { name: name.to_owned(), optional });
        Ok(())
    }

    /// The parameters, in order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Parameter { name, .. } => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// Where the parameters stand in a path of this template, letters compared in either case.
    ///
    /// As the regex `/a/([^/]+)-([^/]+)` has it, the first parameter takes as much as it can, then the next. So
    /// the pieces are looked for from the end, each as far to the right as it fits: there is never a need to
    /// try again, because a piece further to the left only takes from the parameters before it.
    pub(super) fn find(&self, path: &str) -> Option<Vec<(usize, usize)>> {
        let path = path.as_bytes();
        let ends_with = |end: usize, text: &[u8]| {
            end.checked_sub(text.len()).is_some_and(|start| path[start..end].eq_ignore_ascii_case(text))
        };
        if let Some(Piece::Literal(first)) = self.pieces.first()
            && !ends_with(first.len().min(path.len()), first.as_bytes())
        {
            // Most templates that do not match differ at the start.
            return None;
        }
        let mut found = Vec::new();
        // What is left of the path, and the fewest characters of the parameter that it ends in.
        let (mut end, mut fewest) = (path.len(), None);
        for piece in self.pieces.iter().rev() {
            let before = match piece {
                Piece::Literal(text) => text.as_bytes(),
                Piece::Parameter { .. } => &[],
            };
            if let Some(fewest) = fewest.take() {
                let latest = end.checked_sub(fewest)?;
                let segment = path[..end].iter().rposition(|&c| c == b'/').map_or(0, |slash| slash + 1);
                let latest = if before.ends_with(b"/") { latest.min(segment) } else { latest };
                let start = (segment..=latest).rev().find(|&start| ends_with(start, before))?;
                found.push((start, end));
                end = start;
            } else if !ends_with(end, before) {
                return None;
            }
            match piece {
                Piece::Literal(text) => end -= text.len(),
                Piece::Parameter { optional, .. } => fewest = Some(usize::from(!optional)),
            }
        }
        found.reverse();
        // A template that begins with a parameter matches nothing, because every path begins with a slash.
        (end == 0 && fewest.is_none()).then_some(found)
    }

    /// Whether both match the same paths, whatever their parameters are called.
    pub(super) fn is_like(&self, other: &Template) -> bool {
        let like = |(one, other): (&Piece, &Piece)| match (one, other) {
            (Piece::Literal(one), Piece::Literal(other)) => one.eq_ignore_ascii_case(other),
            (Piece::Parameter { optional: one, .. }, Piece::Parameter { optional: other, .. }) => {
                one == other
            }
            _ => false,
        };
        self.pieces.len() == other.pieces.len() && self.pieces.iter().zip(&other.pieces).all(like)
    }

    /// A path of this template, each parameter filled in.
    pub(super) fn sample<'v>(&'v self, mut value: impl FnMut(&str) -> &'v str) -> String {
        let fill = |piece: &'v Piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Parameter { name, .. } => value(name),
        };
        self.pieces.iter().map(fill).collect()
    }

    /// Why no request path can ever match, if so.
    pub(super) fn never_matches(&self) -> Option<&'static str> {
        let sample = self.sample(|_| "a");
        if !sample.starts_with('/') {
            Some("it does not start with `/`")
        } else if sample.contains("%3F") {
            Some("it holds a `?`, and templates are matched without the query")
        } else if path::Path::read(&sample).is_err() {
            Some("paths like it are refused as ambiguous")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_segment_by_segment_in_either_case() {
        for (template, text, matches) in [
            ("/v2/users", "/v2/users", true),
            ("/v2/users", "/V2/Users", true),
            ("/v2/users", "/v2/users/", false),
            ("/v2/users", "/v2/usersx", false),
            ("/v2/users/{userId}/meetings", "/v2/users/u1/meetings", true),
            ("/v2/users/{userId}/meetings", "/v2/users//meetings", false),
            ("/v2/users/{userId}/meetings", "/v2/users/a/b/meetings", false),
            ("/v2/users/{user_id}", "/v2/users/p~abc-_", true),
            ("/v2/users/{user-id}", "/v2/users/a@b.example", true),
            ("/v2/users/{_id}", "/v2/users/%2F", true),
            ("/v2/users/{id?}", "/v2/users/", true),
            ("/files/{name}.{kind}", "/files/a.b.json", true),
            ("/enterprise-info", "/enterprise-info", true),
            ("/a.b", "/axb", false),
            ("/a+(b)[c]$^!=<>*", "/a+(b)%5Bc%5D$%5E!=%3C%3E*", true),
            ("/a|/b", "/a", false),
            ("/a|/b", "/a%7C/b", true),
            ("/%61/é", "/a/%C3%A9", true),
        ] {
            let parsed = Template::parse(template).unwrap_or_else(|it| panic!("{}", it.message));
            assert_eq!(parsed.find(text).is_some(), matches, "{template} on {text}");
        }
    }

    #[test]
    fn finds_the_parameters_that_a_regex_would() {
        let parts = ["a", "b", "/", "-", "A-", "ab"];
        let mut paths = vec![String::new()];
        for _ in 0..5 {
            let longer = |path: &String| parts.map(|part| format!("{path}{part}"));
            paths.extend(paths.iter().flat_map(longer).collect::<Vec<_>>());
            paths.sort();
            paths.dedup();
        }
        for (template, regex) in [
            ("/{x}", "/([^/]+)"),
            ("/{x?}", "/([^/]*)"),
            ("/a/{x}-{y}", "/a/([^/]+)-([^/]+)"),
            ("/{x}a{y?}b", "/([^/]+)a([^/]*)b"),
            ("/{x?}-{y?}/b", "/([^/]*)-([^/]*)/b"),
            ("/{x}/{y}", "/([^/]+)/([^/]+)"),
            ("/{x}{y}{z?}", "/([^/]+)([^/]+)([^/]*)"),
            ("/a{x?}ab/{y}-{z}", "/a([^/]*)ab/([^/]+)-([^/]+)"),
        ] {
            let template = Template::parse(template).ok().unwrap();
            let regex = regex::Regex::new(&format!("^(?i:{regex})$")).unwrap();
            for path in paths.iter().map(|path| format!("/{path}")) {
                let expected = regex.captures(&path).map(|found| {
                    let groups = found.iter().skip(1).flatten();
                    groups.map(|it| (it.start(), it.end())).collect::<Vec<_>>()
                });
                assert_eq!(template.find(&path), expected, "{regex} on {path}");
            }
        }
    }

    #[test]
    fn refuses_templates_with_mistakes() {
        for (template, message) in [
            ("/a/{id", "a brace has no partner"),
            ("/a/id}", "a brace has no partner"),
            ("/a/{}", "`{}` is not a parameter"),
            ("/a/{1d}", "`{1d}` is not a parameter"),
            ("/a/{i d}", "`{i d}` is not a parameter"),
            ("/a/{id}/{id}", "the parameter `id` stands twice in the template"),
            ("/a/%zz", "a `%` is not followed by two hexadecimal digits"),
        ] {
            assert_eq!(
                Template::parse(template).err().map(|it| it.message).as_deref(),
                Some(message),
                "{template}"
            );
        }
    }

    #[test]
    fn knows_templates_that_no_path_can_match() {
        for (template, never) in [
            ("/a/{id}", false),
            ("a/{id}", true),
            ("/a?b", true),
            ("/a//b", true),
            ("/a/../b", true),
            ("/a/", false),
        ] {
            let found = Template::parse(template).ok().and_then(|it| it.never_matches());
            assert_eq!(found.is_some(), never, "{template}");
        }
    }
}
