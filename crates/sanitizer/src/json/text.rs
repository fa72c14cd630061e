//! The text of a string or member name.

use std::borrow::{Borrow, Cow};
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};

/// What a string says, and how the source spelled it where it used escapes. What no rule changes leaves in
/// the source's spelling. Equal when it says the same.
#[derive(Clone)]
pub(crate) struct Text<'a> {
    text: Cow<'a, str>,
    written: Option<&'a str>,
}

impl<'a> Text<'a> {
    /// A text that the source wrote with escapes, and what stood between its quotes.
    pub(super) fn spelled(text: String, written: &'a str) -> Text<'a> {
        Text { text: Cow::Owned(text), written: Some(written) }
    }

    /// What the source wrote between the quotes, if it used escapes.
    pub(super) fn as_written(&self) -> Option<&'a str> {
        self.written
    }

    /// A part of it, copied only if it has to be.
    pub(crate) fn cut(self, range: Range<usize>) -> Text<'a> {
        match self.text {
            Cow::Borrowed(text) => text[range].into(),
            Cow::Owned(text) => text[range].to_owned().into(),
        }
    }

    pub(crate) fn into_owned(self) -> String {
        self.text.into_owned()
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Text { text: Cow::Owned(text), written: None }
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Text { text: Cow::Borrowed(text), written: None }
    }
}

impl PartialEq for Text<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Text<'_> {}

impl Hash for Text<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Borrow<str> for Text<'_> {
    fn borrow(&self) -> &str {
        &self.text
    }
}
