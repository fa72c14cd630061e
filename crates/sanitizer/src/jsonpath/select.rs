//! Which places of a document a path reaches.

use std::cell::Cell;

use super::places::{Place, Places, Selection};
use super::{Path, Segment, Selector};
use crate::json::Value;

/// Work that the filters of one path may make of one document. A body made to exhaust it has everything
/// selected that is still to be judged.
const FILTER_STEPS: u64 = 100_000_000;

/// What remains of [`FILTER_STEPS`] for one path in one document.
pub(crate) struct Steps(Cell<u64>);

impl Default for Steps {
    fn default() -> Steps {
        Steps(Cell::new(FILTER_STEPS))
    }
}

impl Steps {
    pub(super) fn take(&self, steps: u64) {
        self.0.set(self.0.get().saturating_sub(steps));
    }

    pub(super) fn are_used_up(&self) -> bool {
        self.0.get() == 0
    }
}

/// How far a path has come where it begins to be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// The numbers of segments that were taken to reach the value.
    pub(crate) taken: Taken,
    /// Filters, by the number of segments before them, that are still to be asked about the value because it is
    /// an element of a list that they were reached at.
    pub(crate) elements: Taken,
}

impl Start {
    /// At the root of a document.
    pub(crate) const ROOT: Start = Start { taken: Taken(1), elements: Taken::NONE };
}

impl Path {
    /// Everything the path reaches in `root`.
    pub(crate) fn select(&self, root: &Value<'_>) -> Selection {
        self.select_within(FILTER_STEPS, root)
    }

    fn select_within(&self, steps: u64, root: &Value<'_>) -> Selection {
        self.select_from(Start::ROOT, root, &Steps(Cell::new(steps)))
    }

    /// Everything the path reaches in a value where it has come as far as `start`. Filters that look up from
    /// `$` would take the value for the document.
    pub(crate) fn select_from(&self, start: Start, value: &Value<'_>, steps: &Steps) -> Selection {
        let mut walk = Walk::new(&self.segments, value, steps, false);
        let place = walk.run(value, start);
        Selection {
            places: Places::new(place, walk.found.len()),
            undecided: walk.undecided || walk.misses_what_it_filters(),
            unfilterable: walk.unfilterable,
        }
    }

    /// The values the path reaches from `start`, for use inside filters.
    pub(super) fn select_in<'v>(
        &self,
        start: &'v Value<'v>,
        root: &'v Value<'v>,
        steps: &Steps,
    ) -> Vec<&'v Value<'v>> {
        let mut walk = Walk::new(&self.segments, root, steps, true);
        walk.run(start, Start::ROOT);
        walk.found
    }

    /// The values the path reaches, in document order.
    #[cfg(test)]
    pub(super) fn found_in<'v>(&self, root: &'v Value<'v>) -> Vec<&'v Value<'v>> {
        self.select_in(root, root, &Steps(Cell::new(FILTER_STEPS)))
    }
}

/// One way through the document, for all segments at once: each value knows which segments were taken to
/// reach it. So work and memory are linear in the document, whatever its shape, and nothing recurses.
struct Walk<'v, 's> {
    segments: &'s [Segment],
    root: &'v Value<'v>,
    steps: &'s Steps,
    inside_filter: bool,
    /// Every number of segments that some value was reached by.
    reached: Taken,
    found: Vec<&'v Value<'v>>,
    unfilterable: Vec<Vec<u32>>,
    undecided: bool,
}

/// A set of numbers of segments that were taken to reach a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken(u128);

impl Taken {
    pub(crate) const NONE: Taken = Taken(0);

    pub(crate) fn add(&mut self, taken: usize) {
        self.0 |= 1 << taken;
    }

    fn has(self, taken: usize) -> bool {
        self.0 & (1 << taken) != 0
    }

    fn each(self) -> impl Iterator<Item = usize> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let lowest = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(lowest)
        })
    }
}

/// A value whose children are being visited.
struct Open<'v> {
    value: &'v Value<'v>,
    taken: Taken,
    place: Place,
    next: usize,
}

impl<'v, 's> Walk<'v, 's> {
    fn new(segments: &'s [Segment], root: &'v Value<'v>, steps: &'s Steps, inside_filter: bool) -> Self {
        Walk {
            segments,
            root,
            steps,
            inside_filter,
            reached: Taken::NONE,
            found: Vec::new(),
            unfilterable: Vec::new(),
            undecided: false,
        }
    }

    fn run(&mut self, value: &'v Value<'v>, start: Start) -> Place {
        let mut open: Vec<Open<'v>> = Vec::new();
        let mut taken = start.taken;
        for before in start.elements.each() {
            if self.picks_element(&self.segments[before], value) {
                taken.add(before + 1);
            }
        }
        let mut arrived = Some((0, value, taken));
        loop {
            let closed = match arrived.take() {
                Some((at, value, taken)) => {
                    let taken = self.arrive(&open, at, value, taken);
                    let place = Place { at, chosen: taken.has(self.segments.len()), below: Vec::new() };
                    if value.is_container() {
                        open.push(Open { value, taken, place, next: 0 });
                        None
                    } else {
                        Some(place)
                    }
                }
                None => {
                    let parent = open.last_mut().expect("the root closes last, and then the walk ends");
                    arrived = self.next_child(parent);
                    match arrived {
                        Some(_) => None,
                        None => open.pop().map(|done| done.place),
                    }
                }
            };
            if let Some(place) = closed {
                match open.last_mut() {
                    Some(parent) if place.leads_somewhere() => parent.place.below.push(place),
                    Some(_) => {}
                    None => return place,
                }
            }
        }
    }

    /// The next child that a segment leads to.
    fn next_child(&self, parent: &mut Open<'v>) -> Option<(u32, &'v Value<'v>, Taken)> {
        loop {
            if self.inside_filter {
                self.steps.take(1);
                if self.steps.are_used_up() {
                    return None;
                }
            }
            let at = parent.next;
            parent.next += 1;
            let (name, child) = match parent.value {
                Value::Array(items) => (None, items.get(at)?),
                Value::Object(members) => members.get(at).map(|it| (Some(&*it.name), &it.value))?,
                _ => return None,
            };
            let mut taken = Taken::NONE;
            for before in parent.taken.each() {
                let Some(segment) = self.segments.get(before) else { continue };
                if segment.descend && child.is_container() {
                    taken.add(before);
                }
                if self.leads_to(segment, parent.value, at, name, child) {
                    taken.add(before + 1);
                }
            }
            if taken != Taken::NONE {
                let at = u32::try_from(at).expect("a body is bounded far below 4 G elements");
                return Some((at, child, taken));
            }
        }
    }

    /// Whether a segment picks this child of a value.
    fn leads_to(
        &self,
        segment: &Segment,
        parent: &Value<'_>,
        at: usize,
        name: Option<&str>,
        child: &'v Value<'v>,
    ) -> bool {
        let length = match parent {
            Value::Array(items) => items.len() as i64,
            _ => 0,
        };
        let from_start = |index: i64| if index < 0 { index.saturating_add(length) } else { index };
        match (&segment.selector, name) {
            (Selector::Names(names), Some(name)) => names.iter().any(|it| it == name),
            (Selector::Wildcard, _) => true,
            (Selector::Indexes(indexes), None) => indexes.iter().any(|&index| from_start(index) == at as i64),
            (Selector::Slice { start, end }, None) => {
                let (start, end) = (start.map_or(0, from_start), end.map_or(length, from_start));
                (start..end).contains(&(at as i64))
            }
            (Selector::Filter(_), None) => self.picks_element(segment, child),
            _ => false,
        }
    }

    /// Whether a filter picks this element of a list that it was reached at.
    fn picks_element(&self, segment: &Segment, element: &'v Value<'v>) -> bool {
        match &segment.selector {
            // After `..` an object is asked when it is reached itself.
            Selector::Filter(_) if segment.descend && matches!(element, Value::Object(_)) => false,
            Selector::Filter(filter) => filter.accepts(element, self.root, self.steps),
            _ => false,
        }
    }

    /// Takes filters, which an object satisfies where it stands, and notes what was reached.
    fn arrive(&mut self, open: &[Open<'v>], at: u32, value: &'v Value<'v>, mut taken: Taken) -> Taken {
        for (before, segment) in self.segments.iter().enumerate() {
            if !taken.has(before) {
                continue;
            }
            let Selector::Filter(filter) = &segment.selector else { continue };
            match value {
                Value::Array(_) => {}
                Value::Object(_) if filter.accepts(value, self.root, self.steps) => taken.add(before + 1),
                Value::Object(_) => {}
                scalar if self.is_definite(before) && !segment.descend => {
                    self.undecided = true;
                    if *scalar != Value::Null {
                        let above = open.iter().skip(1).map(|it| it.place.at);
                        self.unfilterable.push(above.chain((!open.is_empty()).then_some(at)).collect());
                    }
                }
                _ => {}
            }
        }
        self.reached.0 |= taken.0;
        self.undecided |= self.steps.are_used_up();
        if taken.has(self.segments.len()) {
            self.found.push(value);
        }
        taken
    }

    fn is_definite(&self, taken: usize) -> bool {
        self.segments[..taken].iter().all(Segment::is_definite)
    }

    /// Whether a definite way to a filter leads nowhere.
    fn misses_what_it_filters(&self) -> bool {
        let filter = self.segments.iter().position(|it| matches!(it.selector, Selector::Filter(_)));
        filter.is_some_and(|filter| {
            (1..=filter).any(|taken| self.is_definite(taken) && !self.reached.has(taken))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use crate::json::{self, Value};

    fn found(path: &str, document: &str) -> String {
        let root = json::parse(document.as_bytes()).unwrap();
        let path = parse(path).unwrap_or_else(|why| panic!("{path}: {why}"));
        let mut out = String::new();
        json::write(&Value::Array(path.found_in(&root).into_iter().cloned().collect()), &mut out);
        out
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
            ("$['\\u0061']['\\u0062']", "[1]"),
            ("$.a.c[2,0,0]", "[10,30]"),
            ("$.a.c[-9:1]", "[10]"),
            ("$..[?(@.b)][?(@.k)].k", r#"["x"]"#),
            ("$.a[?(@ == $.a)].b", "[1]"),
            ("$.a[?(@ != $.deep)].b", "[1]"),
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

    #[test]
    fn selects_what_filters_cannot_tell() {
        let gives_up = format!(r#"{{"l":[{{"x":"{}"}},{{"x":"b"}}]}}"#, "a".repeat(5_000));
        let list = r#"{"l":[{"x":1,"y":[1,2,3,4,5,6,7,8,9]},{"x":2}]}"#;
        for (path, document, steps, selected) in [
            ("$.l[?(@.x =~ /((?=a)a+)+b/)]", gives_up.as_str(), 1_000_000, 1),
            ("$.l[?(!(@.x =~ /((?=a)a+)+b/))]", &gives_up, 1_000_000, 2),
            ("$.l[?(@.x == 9)]", list, 1_000_000, 0),
            ("$.l[?(@.x == 9)]", list, 3, 2),
            ("$.l[?(!(@..x == 9))]", list, 3, 2),
            ("$.l[?(@.y anyof $.l)]", list, 20, 2),
            ("$..[?(@.x == 9)].y", list, 1, 1),
        ] {
            let root = json::parse(document.as_bytes()).unwrap();
            let selection = parse(path).unwrap().select_within(steps, &root);
            assert_eq!(selection.places.len(), selected, "{path} in {steps} steps");
            assert_eq!(selection.undecided, steps < 100, "{path} in {steps} steps");
        }
    }
}
