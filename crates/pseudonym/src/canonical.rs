//! Which spellings are one person: email addresses lose their name, case and plus-tag, all else is as given.

use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::UnknownName;
use crate::email::{Mailbox, parse_mailbox};

/// Which spellings of an email address are the same person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmailCanonicalization {
    /// Case and everything from the first `+` of the local part are left out.
    #[default]
    Strict,
    /// The dots of the local part as well.
    IgnoreDots,
}

impl FromStr for EmailCanonicalization {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        match name.to_ascii_uppercase().as_str() {
            "STRICT" => Ok(Self::Strict),
            "IGNORE_DOTS" => Ok(Self::IgnoreDots),
            _ => Err(UnknownName { expected: "STRICT, IGNORE_DOTS", hint: "" }),
        }
    }
}

/// An identifier, read as what it is.
pub(crate) enum Identifier<'a> {
    Email(Mailbox<'a>),
    Opaque(&'a str),
}

impl<'a> Identifier<'a> {
    /// Never trims: ` abc` and `abc` are two people.
    pub(crate) fn read(text: &'a str) -> Self {
        parse_mailbox(text).map_or(Identifier::Opaque(text), Identifier::Email)
    }

    /// The domain exactly as written, of an email address.
    pub(crate) fn domain(&self) -> Option<&'a str> {
        match self {
            Identifier::Email(mailbox) => Some(mailbox.domain),
            Identifier::Opaque(_) => None,
        }
    }

    /// Begins the hash with the canonical form, which is not built anywhere.
    pub(crate) fn begin_hash(&self, email: EmailCanonicalization) -> Sha256 {
        let mut hash = Sha256::new();
        match self {
            Identifier::Email(mailbox) => canonical_parts(mailbox, email, |part| hash.update(part)),
            Identifier::Opaque(text) => hash.update(text),
        }
        hash
    }
}

/// Gives the canonical form in pieces, lower-cased in a buffer on the stack. Local parts and domains are ASCII.
fn canonical_parts(mailbox: &Mailbox<'_>, email: EmailCanonicalization, mut emit: impl FnMut(&[u8])) {
    let local = mailbox.local.split('+').next().unwrap_or_default().bytes();
    let keeps_dots = email == EmailCanonicalization::Strict;
    let kept = local.filter(|&byte| keeps_dots || byte != b'.');
    let mut buffer = [0; 64];
    let mut length = 0;
    for byte in kept.chain([b'@']).chain(mailbox.domain.bytes()) {
        buffer[length] = byte.to_ascii_lowercase();
        length += 1;
        if length == buffer.len() {
            emit(&buffer);
            length = 0;
        }
    }
    emit(&buffer[..length]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str, email: EmailCanonicalization) -> String {
        let mut whole = Vec::new();
        match Identifier::read(text) {
            Identifier::Email(mailbox) => {
                canonical_parts(&mailbox, email, |part| whole.extend_from_slice(part));
            }
            Identifier::Opaque(text) => whole.extend_from_slice(text.as_bytes()),
        }
        String::from_utf8(whole).unwrap()
    }

    #[test]
    fn leaves_out_name_case_and_tag() {
        let long = "n".repeat(200);
        let cases = [
            ("nora@lumen-orchard.example", "nora@lumen-orchard.example", "nora@lumen-orchard.example"),
            ("No.Ra@LUMEN.Example", "no.ra@lumen.example", "nora@lumen.example"),
            ("\"N. Q\" <no.ra+a+b@x.co> (desk)", "no.ra@x.co", "nora@x.co"),
            ("+all@x.co", "@x.co", "@x.co"),
            ("\"no.ra+x\"@x.co", "no.ra@x.co", "nora@x.co"),
            ("\"No (r.a)\"@x.co", "\"no (r.a)\"@x.co", "\"no (ra)\"@x.co"),
            (" Nora", " Nora", " Nora"),
            ("N. Q <nora@x.co>", "N. Q <nora@x.co>", "N. Q <nora@x.co>"),
            ("ÄÖ@x.co", "ÄÖ@x.co", "ÄÖ@x.co"),
        ];
        for (text, strict, ignore_dots) in cases {
            assert_eq!(canonical(text, EmailCanonicalization::Strict), strict, "{text}");
            assert_eq!(canonical(text, EmailCanonicalization::IgnoreDots), ignore_dots, "{text}");
        }
        let text = format!("{}@x.co", long.to_uppercase());
        assert_eq!(canonical(&text, EmailCanonicalization::Strict), format!("{long}@x.co"));
    }

    #[test]
    fn is_read_from_its_name() {
        assert_eq!("strict".parse(), Ok(EmailCanonicalization::Strict));
        assert_eq!("Ignore_Dots".parse(), Ok(EmailCanonicalization::IgnoreDots));
        let error = "loose".parse::<EmailCanonicalization>().unwrap_err();
        assert_eq!(error.to_string(), "is not one of STRICT, IGNORE_DOTS");
    }
}
