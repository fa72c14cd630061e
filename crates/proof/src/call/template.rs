//! Path templates: literal text, and parameters that fill a part of one segment.

/// A template, cut into what must stand there.
#[derive(Debug)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug)]
enum Part {
    Literal(Vec<u8>),
    /// Characters of one segment: one at least, or any number.
    Parameter {
        optional: bool,
    },
}

/// Reads a template.
pub(crate) fn read(text: &str) -> Result<Template, String> {
    let wrong = || "a pathTemplate that this check cannot read".to_owned();
    if text.len() > LONGEST || !text.starts_with('/') {
        return Err(wrong());
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((literal, behind)) = rest.split_once('{') {
        let (name, behind) = behind.split_once('}').ok_or_else(wrong)?;
        let optional = name.ends_with('?');
        let name = name.strip_suffix('?').unwrap_or(name);
        let named = name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && name.chars().all(|it| it.is_ascii_alphanumeric() || "_-".contains(it));
        if !named || literal.contains('}') {
            return Err(wrong());
        }
        parts.push(Part::Literal(literal.to_ascii_lowercase().into_bytes()));
        parts.push(Part::Parameter { optional });
        rest = behind;
    }
    if rest.contains('}') {
        return Err(wrong());
    }
    parts.push(Part::Literal(rest.to_ascii_lowercase().into_bytes()));
    Ok(Template(parts))
}

const LONGEST: usize = 4096;

impl Template {
    /// Whether a path fits, in either case of letters.
    pub(crate) fn fits(&self, path: &str) -> bool {
        let path = path.to_ascii_lowercase().into_bytes();
        // All places of the path to which the parts so far may lead.
        let mut places = vec![false; path.len() + 1];
        places[0] = true;
        for part in &self.0 {
            let mut next = vec![false; path.len() + 1];
            match part {
                Part::Literal(literal) => {
                    for at in (0..=path.len()).filter(|at| places[*at]) {
                        if path[at..].starts_with(literal) {
                            next[at + literal.len()] = true;
                        }
                    }
                }
                Part::Parameter { optional } => {
                    // Whether a parameter is open here, that is, began before and met no slash.
                    let mut open = false;
                    for at in 0..=path.len() {
                        next[at] = open || (*optional && places[at]);
                        open = (open || places[at]) && path.get(at) != Some(&b'/');
                    }
                }
            }
            places = next;
        }
        places[path.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_segment_by_segment_in_either_case() {
        let cases = [
            ("/v2/users", "/V2/Users", true),
            ("/v2/users", "/v2/users/7", false),
            ("/v2/users/{id}", "/v2/users/7", true),
            ("/v2/users/{id}", "/v2/users/", false),
            ("/v2/users/{id?}", "/v2/users/", true),
            ("/v2/users/{id}", "/v2/users/7/settings", false),
            ("/v2/users/{id}/settings", "/v2/users/7/settings", true),
            ("/v2/{a}-{b}/x", "/v2/1-2-3/x", true),
            ("/v2/{a}-{b}/x", "/v2/12/x", false),
            ("/a|b", "/a|b", true),
            ("/a.b", "/axb", false),
        ];
        for (template, path, expected) in cases {
            assert_eq!(read(template).unwrap().fits(path), expected, "{template} {path}");
        }
        for wrong in ["", "v2", "/{", "/}", "/{1}", "/{a b}", "/{}"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
