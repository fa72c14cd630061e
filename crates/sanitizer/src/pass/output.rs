//! The body that leaves, in one buffer: runs of the source's text, copied when they end, and what is new.

/// Text that is written, and a run that is to be.
pub(super) struct Output<'a> {
    source: &'a str,
    out: String,
    /// The run: kept, not copied yet.
    from: usize,
    to: usize,
}

impl<'a> Output<'a> {
    /// Room for somewhat more than the source, so that the buffer seldom grows: pages that are touched by
    /// nobody cost nothing.
    pub(super) fn new(source: &'a str, mut room: String) -> Output<'a> {
        room.clear();
        room.reserve(source.len() + source.len() / 2 + 256);
        Output { source, out: room, from: 0, to: 0 }
    }

    /// Keeps the source's bytes between two places, which are places between characters.
    #[inline]
    pub(super) fn keep(&mut self, from: usize, to: usize) {
        if from != self.to {
            self.copy();
            self.from = from;
        }
        self.to = to;
    }

    /// Where to write what is new.
    #[inline]
    pub(super) fn anew(&mut self) -> &mut String {
        self.copy();
        &mut self.out
    }

    #[inline]
    fn copy(&mut self) {
        self.out.push_str(&self.source[self.from..self.to]);
        self.from = self.to;
    }

    pub(super) fn len(&self) -> usize {
        self.out.len() + (self.to - self.from)
    }

    /// Forgets what was written beyond a length that [`Self::len`] told.
    pub(super) fn truncate(&mut self, length: usize) {
        self.copy();
        self.out.truncate(length);
    }

    pub(super) fn finish(mut self) -> String {
        self.copy();
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_runs_and_new_text_together() {
        let mut output = Output::new("0123456789", "of another".to_owned());
        output.keep(0, 2);
        output.keep(2, 4);
        output.anew().push('x');
        output.keep(4, 5);
        output.keep(7, 9);
        assert_eq!(output.len(), 8);
        output.truncate(7);
        output.keep(9, 10);
        assert_eq!(output.finish(), "0123x479");
    }
}
