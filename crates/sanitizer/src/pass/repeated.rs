//! Which names stood in the objects that are open, so that one that comes twice is noticed.

use std::collections::HashSet;

/// Names beyond this many in one object are found through a set.
const LINEAR: usize = 32;

/// Names as hashes, the innermost object's last. Two names with one hash are taken for one: the tree then
/// looks closer.
#[derive(Default)]
pub(super) struct Repeated {
    hashes: Vec<u64>,
    /// Those of wide objects, each with where its object's names begin.
    wide: HashSet<(usize, u64)>,
}

impl Repeated {
    /// Where the names of an object that begins now will begin.
    pub(super) fn enter(&self) -> usize {
        self.hashes.len()
    }

    /// Adds a name to the innermost object, whose names begin at `begin`. Tells whether it was there.
    pub(super) fn add(&mut self, begin: usize, hash: u64) -> bool {
        let names = &self.hashes[begin..];
        let repeated = match names.len() {
            ..LINEAR => names.contains(&hash),
            LINEAR => {
                let names = names.iter().map(|name| (begin, *name));
                self.wide.extend(names);
                !self.wide.insert((begin, hash))
            }
            _ => !self.wide.insert((begin, hash)),
        };
        self.hashes.push(hash);
        repeated
    }

    /// Forgets all names, also those of objects that were not left.
    pub(super) fn forget(&mut self) {
        self.hashes.clear();
        self.wide.clear();
    }

    /// Forgets the names from `begin` on.
    pub(super) fn leave(&mut self, begin: usize) {
        if self.hashes.len() - begin > LINEAR {
            for hash in &self.hashes[begin..] {
                self.wide.remove(&(begin, *hash));
            }
        }
        self.hashes.truncate(begin);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notices_names_that_come_twice_in_one_object() {
        let hash = |name: usize| crate::automaton::hash(name.to_string().as_bytes());
        for wide in [1, 31, 32, 33, 34, 500] {
            let mut names = Repeated::default();
            let outer = names.enter();
            assert!((0..wide).all(|name| !names.add(outer, hash(name))));
            let inner = names.enter();
            assert!((0..wide).all(|name| !names.add(inner, hash(name))), "{wide}");
            assert!(names.add(inner, hash(0)), "{wide}");
            names.leave(inner);
            assert!(!names.add(outer, hash(wide)), "{wide}");
            assert!(names.add(outer, hash(wide / 2)), "{wide}");
            names.leave(outer);
            assert!(names.hashes.is_empty() && names.wide.is_empty());
        }
    }

    #[test]
    fn forgets_objects_that_were_not_left() {
        let mut names = Repeated::default();
        for _ in 0..2 {
            let outer = names.enter();
            assert!(!names.add(outer, 7));
            let inner = names.enter();
            assert!((0..100).all(|name| !names.add(inner, name)));
            names.forget();
        }
    }
}
