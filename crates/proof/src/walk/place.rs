//! Places in the output and what was found there, told without a value or a name that only the output holds.

use crate::verdict::Violation;

/// A place, by what leads to it.
#[derive(Debug)]
pub(crate) struct Place<'p> {
    above: Option<&'p Place<'p>>,
    step: Step<'p>,
}

#[derive(Debug)]
enum Step<'p> {
    Root,
    /// A member whose name stands in the rule file.
    Known(&'p str),
    /// The number of a member whose name does not, and may be a value of the source.
    Unknown(usize),
    Element(usize),
}

impl<'p> Place<'p> {
    pub(crate) fn root() -> Place<'p> {
        Place { above: None, step: Step::Root }
    }

    pub(crate) fn element<'c>(&'c self, at: usize) -> Place<'c>
    where
        'p: 'c,
    {
        Place { above: Some(self), step: Step::Element(at) }
    }

    pub(crate) fn member<'c>(&'c self, known: Option<&'c str>, number: usize) -> Place<'c>
    where
        'p: 'c,
    {
        let step = known.map_or(Step::Unknown(number + 1), Step::Known);
        Place { above: Some(self), step }
    }

    pub(crate) fn is_root(&self) -> bool {
        self.above.is_none()
    }

    fn path(&self) -> String {
        let (mut steps, mut place) = (Vec::new(), Some(self));
        while let Some(it) = place {
            steps.push(match it.step {
                Step::Root => "$".to_owned(),
                Step::Known(name) if name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_') => {
                    format!(".{name}")
                }
                Step::Known(name) => format!("['{}']", name.replace('\'', "\\'")),
                Step::Unknown(number) => format!(".(member {number})"),
                Step::Element(at) => format!("[{at}]"),
            });
            place = it.above;
        }
        steps.reverse();
        steps.concat()
    }
}

/// A violation whose line is not counted yet.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) document: usize,
    pub(crate) path: String,
    pub(crate) near: usize,
    pub(crate) code: &'static str,
    pub(crate) rule: usize,
    pub(crate) why: &'static str,
}

/// What was found so far, the first of it in full.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<Finding>,
    count: usize,
    /// The document, from 1.
    pub(crate) document: usize,
    /// The byte of the output that was seen last.
    pub(crate) near: usize,
}

const MOST: usize = 100;

impl Findings {
    pub(crate) fn push(&mut self, place: &Place<'_>, finding: impl FnOnce(String, usize, usize) -> Finding) {
        self.count += 1;
        if self.kept.len() < MOST {
            self.kept.push(finding(place.path(), self.document, self.near));
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// How much there is.
    pub(crate) fn mark(&self) -> usize {
        self.count
    }

    pub(crate) fn since(&self, mark: usize) -> usize {
        self.count - mark
    }

    /// Forgets what came after the mark.
    pub(crate) fn reset(&mut self, mark: usize) {
        self.count = mark;
        self.kept.truncate(mark);
    }

    /// All that is kept, with lines, and how much is not.
    pub(crate) fn located(self, body: &[u8]) -> (Vec<Violation>, usize) {
        let more = self.count - self.kept.len();
        // In the order of the output; only then one pass finds all lines.
        let (mut line, mut start, mut seen) = (1, 0, 0);
        let mut kept = self.kept;
        kept.sort_by_key(|it| it.near);
        let located = kept.into_iter().map(|Finding { document, path, near, code, rule, why }| {
            let near = near.min(body.len());
            for (at, _) in body[seen..near].iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
                line += 1;
                start = seen + at + 1;
            }
            seen = near;
            Violation { document, path, line, column: near - start + 1, code, rule, why }
        });
        (located.collect(), more)
    }
}
