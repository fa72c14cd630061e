//! The keys of one mapping, taken one by one; what is left over is a problem.

use crate::problem::Problems;
use crate::yaml::{Entry, Node, Value};

pub(crate) struct Fields<'a> {
    what: &'static str,
    entries: Vec<&'a Entry>,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(node: &'a Node, what: &'static str, problems: &mut Problems) -> Fields<'a> {
        Fields { what, entries: node.entries(what, problems).iter().collect() }
    }

    /// The value of a key. A key without a value is a problem: nobody can tell what it should mean.
    pub(crate) fn take(&mut self, key: &str, problems: &mut Problems) -> Option<&'a Node> {
        let node = self.take_or_null(key)?;
        if matches!(node.value, Value::Null) {
            problems.tell(node.line, format!("`{key}` has no value"));
            return None;
        }
        Some(node)
    }

    /// The value of a key that may be null.
    pub(crate) fn take_or_null(&mut self, key: &str) -> Option<&'a Node> {
        let at = self.entries.iter().position(|it| it.key == key)?;
        Some(&self.entries.remove(at).node)
    }

    /// The value of a key that has two names.
    pub(crate) fn take_either(
        &mut self,
        key: &str,
        other: &str,
        problems: &mut Problems,
    ) -> Option<&'a Node> {
        let (first, second) = (self.take(key, problems), self.take(other, problems));
        if let (Some(_), Some(node)) = (first, second) {
            problems.tell(node.line, format!("`{key}` and `{other}` stand beside each other"));
        }
        first.or(second)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|it| it.key == key)
    }

    /// Keys that have no say in what leaves.
    pub(crate) fn skip(&mut self, keys: &[&str]) {
        self.entries.retain(|it| !keys.contains(&it.key.as_str()));
    }

    pub(crate) fn end(self, problems: &mut Problems) {
        for entry in self.entries {
            problems.tell(
                entry.line,
                format!("`{}` is no key that this check knows in {}", entry.key, self.what),
            );
        }
    }
}
