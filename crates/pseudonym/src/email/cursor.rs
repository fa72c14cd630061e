//! A place in a text, moved byte by byte.

/// A place in a text. Everything is looked at through [`Cursor::peek`], which tests count.
pub(super) struct Cursor<'a> {
    text: &'a str,
    position: usize,
    #[cfg(test)]
    looks: std::cell::Cell<usize>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Cursor {
            text,
            position: 0,
            #[cfg(test)]
            looks: std::cell::Cell::new(0),
        }
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Goes back to a place. A production may do so once at its start, never in a loop, or time is not linear.
    pub(super) fn rewind(&mut self, position: usize) {
        self.position = position;
    }

    pub(super) fn peek(&self) -> Option<u8> {
        #[cfg(test)]
        self.looks.set(self.looks.get() + 1);
        self.text.as_bytes().get(self.position).copied()
    }

    pub(super) fn step(&mut self) {
        self.position += 1;
    }

    pub(super) fn at_end(&self) -> bool {
        self.position == self.text.len()
    }

    /// Steps over this byte if it is next.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.position += usize::from(is_next);
        is_next
    }

    /// Steps over all such bytes and gives them. They must be ASCII.
    pub(super) fn take_while(&mut self, is_such: impl Fn(u8) -> bool) -> &'a str {
        let start = self.position;
        while self.peek().is_some_and(&is_such) {
            self.step();
        }
        self.since(start)
    }

    /// The text from a place to here. Both must be next to an ASCII byte.
    pub(super) fn since(&self, start: usize) -> &'a str {
        &self.text[start..self.position]
    }

    #[cfg(test)]
    pub(super) fn looks(&self) -> usize {
        self.looks.get()
    }
}
