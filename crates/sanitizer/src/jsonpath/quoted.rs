//! A slip of rule files in the field: `['users[*]','owner']`, quotes closed too late. Read to the letter it
//! names a member `users[*]` that no document has, and what the author meant to catch leaves in clear.

use super::{Path, Segment, Selector};

/// Paths that one slip may stand for, at most.
const MOST: usize = 64;

impl Path {
    /// The path to the letter, and beside it every path that names like `users[*]` were probably meant to be.
    /// `None`: a name holds brackets or a star in another way, or there are too many.
    pub(crate) fn with_lists_meant(self) -> Option<Vec<Path>> {
        let mut all = vec![Path { segments: Vec::new() }];
        for segment in self.segments {
            let meant = lists_meant(&segment)?;
            if all.len() * (meant.len() + 1) > MOST {
                return None;
            }
            let readings: Vec<Vec<Segment>> = std::iter::once(vec![segment]).chain(meant).collect();
            let extended = |path: &Path, reading: &Vec<Segment>| Path {
                segments: path.segments.iter().chain(reading).cloned().collect(),
            };
            all = all.iter().flat_map(|path| readings.iter().map(move |it| extended(path, it))).collect();
        }
        Some(all)
    }
}

/// For each name `users[*]` of the segment: the member `users` and its elements.
fn lists_meant(segment: &Segment) -> Option<Vec<Vec<Segment>>> {
    let Selector::Names(names) = &segment.selector else { return Some(Vec::new()) };
    let mut meant = Vec::new();
    for name in names.iter().filter(|name| is_slip(name)) {
        let list = name.strip_suffix("[*]").filter(|list| !list.is_empty() && !is_slip(list))?;
        let member = Segment { descend: segment.descend, selector: Selector::Names(vec![list.to_owned()]) };
        meant.push(vec![member, Segment { descend: false, selector: Selector::Wildcard }]);
    }
    Some(meant)
}

/// Whether a name in quotes looks like more of a path.
pub(crate) fn is_slip(name: &str) -> bool {
    name.contains(['[', ']', '*'])
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::json::{self, Value};

    #[test]
    fn reaches_what_was_meant_and_what_was_written() {
        let document = r#"{"a":{"users":[{"id":1},{"id":2}],"owner":{"id":3},"users[*]":{"id":4}}}"#;
        let root = json::parse(document.as_bytes()).unwrap();
        for (path, expected) in [
            ("$..['users[*]','owner'].id", Some("[3,4,1,2]")),
            ("$.a['users[*]']['id']", Some("[4,1,2]")),
            ("$.a['owner'].id", Some("[3]")),
            ("$.a['users[0]']", None),
            ("$.a['*']", None),
            ("$.a['[*]']", None),
        ] {
            let meant = parse(path).unwrap().with_lists_meant();
            let found = meant.map(|paths| {
                let values = paths.iter().flat_map(|path| path.found_in(&root)).cloned().collect();
                let mut out = String::new();
                json::write(&Value::Array(values), &mut out);
                out
            });
            assert_eq!(found.as_deref(), expected, "{path}");
        }
        let many = "['a[*]']".repeat(7);
        assert!(parse(&format!("${many}")).unwrap().with_lists_meant().is_none());
    }
}
