//! A value that must not be seen: wiped when dropped, never printed.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A salt, key or password. It has no `Display`; its `Debug` says `[secret]`; its bytes are wiped when it
/// is dropped.
///
/// ```
/// use vizard_pseudonym::Secret;
///
/// let salt = Secret::new("a long random text");
/// assert_eq!(format!("{salt:?}"), "[secret]");
/// assert_eq!(salt.expose(), b"a long random text");
/// ```
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes. A `Vec` or `String` given by value is wiped in the end; a `&str` is copied.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Secret(Zeroizing::new(bytes.into()))
    }

    /// The bytes themselves. Each call is a place to review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, if they are UTF-8.
    pub fn expose_str(&self) -> Option<&str> {
        str::from_utf8(&self.0).ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// Takes the same time whichever byte differs; only the lengths show.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_by_bytes() {
        assert_eq!(Secret::new("rain"), Secret::new(b"rain".to_vec()));
        assert_ne!(Secret::new("rain"), Secret::new("raim"));
        assert_ne!(Secret::new("rain"), Secret::new("rainy"));
    }

    #[test]
    fn is_text_only_when_utf_8() {
        assert_eq!(Secret::new("Jürgen").expose_str(), Some("Jürgen"));
        assert_eq!(Secret::new(vec![0xff]).expose_str(), None);
    }
}
