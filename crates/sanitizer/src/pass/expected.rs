//! Reading member names, which come in the same order in every record of a list: a name is first compared with
//! those that came next before. Where one of them stands there, it need not be scanned, hashed or looked up.

use crate::automaton::{NameId, Names, StateId, hash};
use crate::json::{Head, Scanner, Text, Window};
use crate::unsanitizable::Unsanitizable;

/// Names known at a time, a power of two: fewer for small bodies, which are done before the table is filled.
fn places(body: usize) -> usize {
    (body / 64).clamp(16, 512).next_power_of_two()
}

/// A member name of the source.
#[derive(Clone, Copy)]
pub(super) struct Name {
    pub(super) id: NameId,
    pub(super) hash: u64,
    /// From its quote to after its colon, or only to after its last quote.
    pub(super) from: usize,
    pub(super) to: usize,
    /// The colon: the last byte of that, or one that stands apart.
    pub(super) colon: usize,
}

impl Name {
    pub(super) const NONE: Name = Name { id: NameId::UNKNOWN, hash: 0, from: 0, to: 0, colon: 0 };

    /// What it says, which is `text`: borrowed from the source, if that wrote it without escapes.
    pub(super) fn text<'a>(&self, source: &'a str, text: &str) -> Text<'a> {
        let quote = if self.colon < self.to { self.colon } else { self.to } - 1;
        match &source[self.from + 1..quote] {
            written if written == text => written.into(),
            _ => text.to_owned().into(),
        }
    }
}

/// How far the names of one object have come.
#[derive(Clone, Copy)]
pub(super) struct Order {
    /// The state of the object.
    within: StateId,
    /// How deep it stands.
    depth: usize,
    last: Option<Cursor>,
    next: Next,
}

/// The names of one body so far.
pub(super) struct Expected {
    known: Vec<Known>,
    /// What objects of a state began with.
    first: Vec<Next>,
}

/// A name as the source wrote it once, from its quote to after its colon, and what is known of it.
#[derive(Clone, Copy)]
struct Known {
    head: Head,
    from: usize,
    length: usize,
    id: NameId,
    hash: u64,
    /// What came after it.
    next: Next,
}

/// A place among the known names.
#[derive(Clone, Copy)]
struct Cursor(u16);

/// Where the next name may be known, the latest guess first: optional members come and go.
#[derive(Clone, Copy)]
struct Next([Cursor; 2]);

impl Expected {
    /// For a body of so many bytes.
    pub(super) fn new(body: usize) -> Expected {
        let nothing = Next([Cursor(0); 2]);
        let head = Head::nowhere();
        let known = Known { head, from: 0, length: 0, id: NameId::UNKNOWN, hash: 0, next: nothing };
        let places = places(body);
        Expected { known: vec![known; places], first: vec![nothing; places] }
    }

    /// The beginning of an object.
    #[inline]
    pub(super) fn begin(&self, within: StateId, depth: usize) -> Order {
        Order { within, depth, last: None, next: self.first[within.index() & (self.first.len() - 1)] }
    }

    /// Reads a name, its colon, and the space after that.
    #[inline(always)]
    pub(super) fn read(
        &mut self,
        scan: &mut Scanner<'_>,
        names: &Names,
        order: &mut Order,
        decoded: &mut String,
        name: &mut Name,
    ) -> Result<(), Unsanitizable> {
        let from = scan.at;
        let source = scan.text().as_bytes();
        if let Some(window) = Window::at(source, from) {
            for cursor in order.next.0 {
                let known = &self.known[usize::from(cursor.0) & (self.known.len() - 1)];
                if known.head.begins(window) && (known.length <= 16 || known.goes_on(source, from)) {
                    let to = from + known.length;
                    *name = Name { id: known.id, hash: known.hash, from, to, colon: to - 1 };
                    order.last = Some(cursor);
                    order.next = known.next;
                    scan.at = to;
                    scan.skip_space();
                    return Ok(());
                }
            }
        }
        self.read_anew(scan, names, order, decoded, name)
    }

    #[inline(never)]
    fn read_anew(
        &mut self,
        scan: &mut Scanner<'_>,
        names: &Names,
        order: &mut Order,
        decoded: &mut String,
        name: &mut Name,
    ) -> Result<(), Unsanitizable> {
        let (quoted, colon) = scan.name()?;
        let bytes = match quoted.escaped {
            false => &scan.text().as_bytes()[quoted.start..quoted.end],
            true => {
                decoded.clear();
                scan.decode(quoted, decoded);
                decoded.as_bytes()
            }
        };
        let hash = hash(bytes);
        let id = names.find(bytes, hash);
        let (from, to) = (quoted.start - 1, quoted.end + 1);
        *name = Name { id, hash, from, to, colon };
        if colon == to {
            name.to = colon + 1;
            if !quoted.escaped {
                self.learn(order, name, &scan.text().as_bytes()[from..name.to]);
            }
        }
        Ok(())
    }

    /// Notes a name, and that it came after the last one.
    fn learn(&mut self, order: &mut Order, name: &Name, written: &[u8]) {
        let place = (name.hash >> 40) as usize ^ (order.depth * 37);
        let places = self.known.len();
        let cursor = Cursor((place & (places - 1)) as u16);
        let next = match order.last {
            Some(last) => &mut self.known[usize::from(last.0)].next,
            None => &mut self.first[order.within.index() & (places - 1)],
        };
        *next = Next([cursor, next.0[0]]);
        let known = &mut self.known[usize::from(cursor.0)];
        let Name { id, hash, from, .. } = *name;
        *known = Known { head: Head::of(written), from, length: written.len(), id, hash, next: known.next };
        order.last = Some(cursor);
        order.next = known.next;
    }
}

impl Known {
    /// Whether the rest of the name stands there too.
    fn goes_on(&self, source: &[u8], at: usize) -> bool {
        let rest = |begin: usize| source.get(begin + 16..begin + self.length);
        rest(at).is_some() && rest(at) == rest(self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the names of objects, one after the other, expected or not.
    fn read(body: &str, known: &[&str]) -> Vec<(usize, String)> {
        let (names, _) = Names::number(known.iter().copied()).unwrap();
        let mut expected = Expected::new(body.len());
        let mut scan = Scanner::new(body.as_bytes()).unwrap();
        let mut all = Vec::new();
        let mut decoded = String::new();
        while scan.peek().is_some() {
            scan.step();
            let mut order = expected.begin(StateId::START, 0);
            while scan.peek() != Some(b'}') {
                let mut name = Name::NONE;
                expected.read(&mut scan, &names, &mut order, &mut decoded, &mut name).unwrap();
                all.push((name.id.index(), body[name.from..name.to].to_owned()));
                assert_eq!(name.hash, hash(known.get(name.id.index()).map_or(b"z", |it| it.as_bytes())));
                scan.skip_value().unwrap();
                if scan.peek() == Some(b',') {
                    scan.step();
                }
            }
            scan.step();
        }
        all
    }

    #[test]
    fn reads_names_expected_or_not() {
        let known = ["a", "ab", "a_name_of_more_than_sixteen", "a_name_of_more_than_sixteen_bytes", "\"é"];
        let records = [
            r#"{"a":1,"ab":2,"a_name_of_more_than_sixteen":3,"a_name_of_more_than_sixteen_bytes":4,"\"é":5}"#,
            r#"{"a":1,"a_name_of_more_than_sixteen_bytes":4,"z":6}"#,
            r#"{"ab":1,"a":2,"\u0061":3,"ab" :2,"z":  6}"#,
            r#"{"z":0}"#,
            r#"{"a":1,"ab":2,"z":3}"#,
        ];
        let one_by_one: Vec<_> = records.iter().flat_map(|record| read(record, &known)).collect();
        for times in 1..4 {
            let body = records.concat().repeat(times);
            let expected: Vec<_> = (0..times).flat_map(|_| one_by_one.clone()).collect();
            assert_eq!(read(&body, &known), expected, "{times}");
        }
    }
}
