//! Why a body could not be sanitized. Never holds anything of the body but an offset.

use std::fmt;

/// A body that the rules engine refuses: nothing of it may be returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsanitizable {
    reason: Reason,
    offset: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Syntax,
    Utf8,
    ByteOrderMark,
    LoneSurrogate,
    Depth,
    NumberLength,
    NameLength,
    StringLength,
    OutputLength,
    MissingKey,
}

impl Unsanitizable {
    pub(crate) fn at(reason: Reason, offset: usize) -> Unsanitizable {
        Unsanitizable { reason, offset }
    }

    /// Stable, kebab-case.
    pub fn code(&self) -> &'static str {
        match self.reason {
            Reason::Syntax => "json-syntax",
            Reason::Utf8 => "json-utf8",
            Reason::ByteOrderMark => "json-byte-order-mark",
            Reason::LoneSurrogate => "json-lone-surrogate",
            Reason::Depth => "json-depth",
            Reason::NumberLength => "json-number-length",
            Reason::NameLength => "json-name-length",
            Reason::StringLength => "json-string-length",
            Reason::OutputLength => "output-length",
            Reason::MissingKey => "encryption-key-missing",
        }
    }

    /// Where in the body, in bytes from its start.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl std::error::Error for Unsanitizable {}

impl fmt::Display for Unsanitizable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.reason {
            Reason::Syntax => "the body is not JSON",
            Reason::Utf8 => "the body is not UTF-8",
            Reason::ByteOrderMark => "the body begins with a byte order mark",
            Reason::LoneSurrogate => "a string holds half of a surrogate pair",
            Reason::Depth => "the body is nested too deep",
            Reason::NumberLength => "a number is too long",
            Reason::NameLength => "a member name is too long",
            Reason::StringLength => "a string is too long",
            Reason::OutputLength => return out.write_str("the sanitized body would be too long"),
            Reason::MissingKey => {
                return out.write_str("the rules need PSOXY_ENCRYPTION_KEY, which is not configured");
            }
        };
        write!(out, "{what} (at byte {})", self.offset)
    }
}
