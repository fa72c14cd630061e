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

    /// The parameters, in order; the first is group 1 of [`Template::regex`].
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Parameter { name, .. } => Some(name.as_str()),
            Piece::Literal(_) => None,
        })
    }

    /// What every path of this template begins with, letters in either case.
    pub(super) fn prefix(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Literal(text)) => text,
            Some(Piece::Parameter { .. }) | None => "",
        }
    }

    /// A pattern for the whole path, with one group per parameter.
    pub(super) fn regex(&self) -> String {
        let mut source = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => {
                    for c in text.chars() {
                        if !c.is_ascii_alphanumeric() {
                            source.push('\\');
                        }
                        source.push(c);
                    }
                }
                Piece::Parameter { optional: false, .. } => source.push_str("([^/]+)"),
                Piece::Parameter { optional: true, .. } => source.push_str("([^/]*)"),
            }
        }
        source
    }

    /// A path of this template, each parameter filled in.
    pub(super) fn sample(&self, mut value: impl FnMut(&str) -> String) -> String {
        let fill = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Parameter { name, .. } => value(name),
        };
        self.pieces.iter().map(fill).collect()
    }

    /// Why no request path can ever match, if so.
    pub(super) fn never_matches(&self) -> Option<&'static str> {
        let sample = self.sample(|_| "a".to_owned());
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
    use crate::regex::Pattern;

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
            let source =
                Template::parse(template).map(|it| it.regex()).unwrap_or_else(|it| panic!("{}", it.message));
            let pattern = Pattern::whole_ignore_case(&source).unwrap_or_else(|why| panic!("{source}: {why}"));
            assert_eq!(pattern.is_match(text), matches, "{template} on {text}");
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
