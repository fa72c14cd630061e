//! What counts as an email address: RFC 2822 mailboxes and address lists, read in linear time.
//!
//! The dialect is fixed, because it decides which texts share a pseudonym: quoted local parts and comments are
//! read; domain literals, single-label domains, and dots or letters outside ASCII in unquoted names are not.

mod address;
mod cursor;
mod display_name;
mod domain_name;
mod lexical;
pub(crate) mod plain;

use std::borrow::Cow;
use std::fmt;

use cursor::Cursor;

/// One address and the name beside it. `Debug` prints nothing of either.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox<'a> {
    /// The part before the `@`. Its quotes are gone unless it needs them.
    pub local: &'a str,
    /// The part after the `@`, in the case it was written.
    pub domain: &'a str,
    /// The name before the address, or the first comment after it.
    pub display_name: Option<Cow<'a, str>>,
}

impl fmt::Debug for Mailbox<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Mailbox([secret])")
    }
}

/// Reads a text that is one mailbox from end to end, with or without a display name.
///
/// ```
/// use vizard_pseudonym::email::parse_mailbox;
///
/// let mailbox = parse_mailbox("\"N. Quill\" <nora@lumen-orchard.example>").unwrap();
/// assert_eq!((mailbox.local, mailbox.domain), ("nora", "lumen-orchard.example"));
/// assert!(parse_mailbox("N. Quill <nora@lumen-orchard.example>").is_none());
/// ```
pub fn parse_mailbox(text: &str) -> Option<Mailbox<'_>> {
    if !text.as_bytes().contains(&b'@') {
        return None;
    }
    address::whole_mailbox(&mut Cursor::new(text))
}

/// Reads a comma-separated list of mailboxes and groups. Members of groups stand in the list; the names of
/// groups do not. An empty element makes the list invalid.
///
/// ```
/// use vizard_pseudonym::email::parse_address_list;
///
/// let list = parse_address_list("Team: nora@x.co, ben@x.co;, Cleo <cleo@x.co>").unwrap();
/// assert_eq!(list.iter().map(|mailbox| mailbox.local).collect::<Vec<_>>(), ["nora", "ben", "cleo"]);
/// assert!(parse_address_list("nora@x.co,").is_none());
/// ```
pub fn parse_address_list(text: &str) -> Option<Vec<Mailbox<'_>>> {
    address::list(&mut Cursor::new(text))
}
