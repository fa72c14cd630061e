//! Which places of a document a path reaches.

use super::{Path, Segment, Selector};
use crate::json::Value;

/// The places that a path reached, in document order, each once.
///
/// A place is a list of positions: the index of the member or element at each level.
#[derive(Debug, Default)]
pub(crate) struct Selection {
    pub(crate) places: Vec<Vec<u32>>,
    /// Scalars where a filter on a definite path needs an object or a list. What the author meant is
    /// unknown, so the caller removes their values.
    pub(crate) unfilterable: Vec<Vec<u32>>,
    /// A filter could not be asked because what it filters is missing or of the wrong kind.
    pub(crate) undecided: bool,
}

impl Path {
    /// Everything the path reaches in `root`.
    pub(crate) fn select(&self, root: &Value<'_>) -> Selection {
        let mut walk = Walk { root, unfilterable: Vec::new(), undecided: false };
        let reached = walk.run(root, &self.segments);
        Selection {
            places: reached.into_iter().map(|reached| reached.place).collect(),
            unfilterable: walk.unfilterable,
            undecided: walk.undecided,
        }
    }

    /// The values the path reaches from `start`, for use inside filters.
    pub(super) fn select_in<'v>(&self, start: &'v Value<'v>, root: &'v Value<'v>) -> Vec<&'v Value<'v>> {
        let mut walk = Walk { root, unfilterable: Vec::new(), undecided: false };
        walk.run(start, &self.segments).into_iter().map(|reached| reached.value).collect()
    }
}

struct Reached<'v> {
    place: Vec<u32>,
    value: &'v Value<'v>,
}

impl<'v> Reached<'v> {
    fn child(&self, at: usize, value: &'v Value<'v>) -> Reached<'v> {
        let mut place = Vec::with_capacity(self.place.len() + 4);
        place.extend_from_slice(&self.place);
        place.push(u32::try_from(at).expect("a body is bounded far below 4 G elements"));
        Reached { place, value }
    }

    fn again(&self) -> Reached<'v> {
        Reached { place: self.place.clone(), value: self.value }
    }
}

struct Walk<'v> {
    root: &'v Value<'v>,
    unfilterable: Vec<Vec<u32>>,
    undecided: bool,
}

impl<'v> Walk<'v> {
    /// One segment after the other over the set of places reached so far. The set is kept in document
    /// order and free of repetitions, so that no path and no document makes the work more than linear per
    /// segment.
    fn run(&mut self, start: &'v Value<'v>, segments: &[Segment]) -> Vec<Reached<'v>> {
        let mut reached = vec![Reached { place: Vec::new(), value: start }];
        let mut definite = true;
        for (at, segment) in segments.iter().enumerate() {
            definite &= !segment.descend;
            let asks_later =
                || segments[at + 1..].iter().any(|segment| matches!(segment.selector, Selector::Filter(_)));
            let mut next = Vec::new();
            match segment.descend {
                false => reached.iter().for_each(|from| self.pick(from, segment, definite, &mut next)),
                true => self.descend(&reached, segment, &mut next),
            }
            next.sort_unstable_by(|a, b| a.place.cmp(&b.place));
            next.dedup_by(|a, b| a.place == b.place);
            definite &= segment.is_definite();
            if definite && next.is_empty() && asks_later() {
                self.undecided = true;
            }
            reached = next;
        }
        reached
    }

    /// The selector at every value below the given ones, themselves included.
    fn descend(&mut self, reached: &[Reached<'v>], segment: &Segment, next: &mut Vec<Reached<'v>>) {
        let mut covered: Option<&[u32]> = None;
        for from in reached {
            // What lies below one of the values is visited with that value.
            if covered.is_some_and(|above| from.place.starts_with(above)) {
                continue;
            }
            covered = Some(&from.place);
            let mut waiting = vec![from.again()];
            while let Some(at) = waiting.pop() {
                self.pick(&at, segment, false, next);
                children(&at, |child| {
                    if child.value.is_container() {
                        waiting.push(child);
                    }
                });
            }
        }
    }

    /// Applies the selector of one segment at one value.
    fn pick(&mut self, from: &Reached<'v>, segment: &Segment, definite: bool, next: &mut Vec<Reached<'v>>) {
        match (&segment.selector, from.value) {
            (Selector::Names(names), Value::Object(members)) => {
                for (at, member) in members.iter().enumerate() {
                    if names.iter().any(|name| *name == member.name) {
                        next.push(from.child(at, &member.value));
                    }
                }
            }
            (Selector::Wildcard, _) => children(from, |child| next.push(child)),
            (Selector::Indexes(indexes), Value::Array(items)) => {
                for &index in indexes {
                    let at = if index < 0 { index.saturating_add(items.len() as i64) } else { index };
                    if let Some((at, item)) =
                        usize::try_from(at).ok().and_then(|at| Some((at, items.get(at)?)))
                    {
                        next.push(from.child(at, item));
                    }
                }
            }
            (Selector::Slice { start, end }, Value::Array(items)) => {
                let length = items.len() as i64;
                let bound = |at: Option<i64>, absent: i64| {
                    let at = at.unwrap_or(absent);
                    let at = if at < 0 { at.saturating_add(length) } else { at };
                    usize::try_from(at.clamp(0, length)).unwrap_or(0)
                };
                let (start, end) = (bound(*start, 0), bound(*end, length));
                let wanted = items.iter().enumerate().take(end).skip(start);
                wanted.for_each(|(at, item)| next.push(from.child(at, item)));
            }
            (Selector::Filter(filter), Value::Object(_)) if filter.accepts(from.value, self.root) => {
                next.push(from.again());
            }
            (Selector::Filter(_), Value::Object(_)) => {}
            (Selector::Filter(filter), Value::Array(items)) => {
                for (at, item) in items.iter().enumerate() {
                    if filter.accepts(item, self.root) {
                        next.push(from.child(at, item));
                    }
                }
            }
            (Selector::Filter(_), scalar) if definite => {
                self.undecided = true;
                if *scalar != Value::Null {
                    self.unfilterable.push(from.place.clone());
                }
            }
            _ => {}
        }
    }
}

fn children<'v>(from: &Reached<'v>, mut visit: impl FnMut(Reached<'v>)) {
    match from.value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| visit(from.child(at, item)));
        }
        Value::Object(members) => {
            members.iter().enumerate().for_each(|(at, member)| visit(from.child(at, &member.value)));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::json::{self, Value};

    fn found(path: &str, document: &str) -> String {
        let root = json::parse(document.as_bytes()).unwrap();
        let path = parse(path).unwrap_or_else(|why| panic!("{path}: {why}"));
        let mut out = Vec::new();
        json::write(&Value::Array(path.select_in(&root, &root).into_iter().cloned().collect()), &mut out);
        String::from_utf8(out).unwrap()
    }

    const STORE: &str = r#"{"a":{"b":1,"c":[10,20,30]},"list":[{"b":2,"k":"x"},{"c":3,"k":null},{"k":"Y"}],
        "n":null,"s":"text","deep":{"b":{"b":4}}}"#;

    #[test]
    fn reaches_what_the_dialect_says() {
        for (path, expected) in [
            ("$.a.b", "[1]"),
            ("a.b", "[1]"),
            ("$['a']['b']", "[1]"),
            ("$.a.['b','c']", "[1,[10,20,30]]"),
            ("$..b", r#"[1,2,{"b":4},4]"#),
            ("$..['b','c']", r#"[1,[10,20,30],2,3,{"b":4},4]"#),
            ("$.a.c[*]", "[10,20,30]"),
            ("$.a.c[0,2]", "[10,30]"),
            ("$.a.c[-1]", "[30]"),
            ("$.a.c[1:]", "[20,30]"),
            ("$.a.c[:-1]", "[10,20]"),
            ("$.a.c[7]", "[]"),
            ("$.list[*].k", r#"["x",null,"Y"]"#),
            ("$.list.k", "[]"),
            ("$.s[*]", "[]"),
            ("$.n[*]", "[]"),
            ("$.a[*]", "[1,[10,20,30]]"),
            ("$.list[?(@.b)].k", r#"["x"]"#),
            ("$.list[?(!@.b)].k", r#"[null,"Y"]"#),
            ("$.list[?(@.k == null)].c", "[3]"),
            ("$.list[?(@.b != 2)].k", r#"[null,"Y"]"#),
            ("$.list[?(@.k =~ /y/i)].k", r#"["Y"]"#),
            ("$.list[?(@.k =~ /[a-z]/)].k", r#"["x"]"#),
            ("$.list[?(@.b == '2')].k", r#"["x"]"#),
            ("$.list[?(@.b === '2')].k", "[]"),
            ("$.list[?('2' == @.b)].k", r#"["x"]"#),
            ("$.list[?(@.b >= 2 && @.k == 'x')].k", r#"["x"]"#),
            ("$.list[?(@.b == 9 || (@.c == 3))].c", "[3]"),
            ("$.list[?(!(@.k == 'x'))].k", r#"[null,"Y"]"#),
            ("$.list[?(@.k in ['x', 'Y'])].k", r#"["x","Y"]"#),
            ("$.list[?(@.k nin ['x'])].k", r#"[null,"Y"]"#),
            ("$.a.c[?(@ > 10)]", "[20,30]"),
            ("$.a[?(@.b == 1)].c", "[[10,20,30]]"),
            ("$.a[?(@.b == 2)].c", "[]"),
            ("$[?(@.s == 'text')].s", r#"["text"]"#),
            ("$.list[?(@.b < $.a.c[0])].k", r#"["x"]"#),
            ("$..[?(@.k == 'x')].b", "[2]"),
            ("$.a[?(@.c size 3)].b", "[1]"),
            ("$.a[?(@.c contains 20)].b", "[1]"),
            ("$.a[?(@.c anyof [20])].b", "[1]"),
            ("$.a[?(@.c noneof [21])].b", "[1]"),
            ("$.a[?(@.c subsetof [10,20,30,40])].b", "[1]"),
            ("$.a[?(@.c all [10,30])].b", "[1]"),
            ("$.a[?(@.c empty false)].b", "[1]"),
            ("$.*.b", r#"[1,{"b":4}]"#),
            ("$.list[?(@.missing == 1)]", "[]"),
            ("$.list[?(@['k'] == \"x\")].b", "[2]"),
        ] {
            assert_eq!(found(path, STORE), expected, "{path}");
        }
    }

    #[test]
    fn notices_filters_that_cannot_be_asked() {
        for (path, undecided, unfilterable) in [
            ("$.s[?(@.x)].y", true, 1),
            ("$.n[?(@.x)].y", true, 0),
            ("$.gone[?(@.x)]", true, 0),
            ("$..s[?(@.x)].y", false, 0),
            ("$.list[?(@.x)].y", false, 0),
            ("$.list[*].k[?(@.x)]", false, 0),
        ] {
            let root = json::parse(STORE.as_bytes()).unwrap();
            let selection = parse(path).unwrap().select(&root);
            assert_eq!(
                (selection.undecided, selection.unfilterable.len()),
                (undecided, unfilterable),
                "{path}"
            );
        }
    }
}
