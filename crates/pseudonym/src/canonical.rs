//! Which spellings are one person: email addresses lose their name, case and plus-tag, all else is as given.

use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::UnknownName;
use crate::email::plain::{Shape, shape};
use crate::email::{Mailbox, parse_mailbox};
use crate::hash::{Hash, Message, SHORT, Salt};

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
#[derive(Clone, Copy)]
pub(crate) struct Identifier<'a> {
    /// Of its canonical form.
    pub(crate) hash: Hash,
    /// The domain exactly as written, of an email address.
    pub(crate) domain: Option<&'a str>,
}

impl<'a> Identifier<'a> {
    /// Never trims: ` abc` and `abc` are two people.
    #[inline]
    pub(crate) fn read(text: &'a str, email: EmailCanonicalization, salt: &Salt) -> Self {
        let mut message = Message::EMPTY;
        if !message.fill(text.as_bytes()) {
            return Self::read_long(text, email, salt);
        }
        let domain = match shape(text) {
            Shape::WithoutAt => None,
            Shape::Plain { at, has_plus } => {
                canonicalize(&mut message, at, has_plus, email);
                Some(&text[at + 1..])
            }
            Shape::Unclear => parse_mailbox(text).map(|mailbox| {
                message.cut(0);
                canonical_parts(&mailbox, email, |part| message.push(part));
                mailbox.domain
            }),
        };
        Identifier { hash: salt.finish(&mut message), domain }
    }

    #[cold]
    fn read_long(text: &'a str, email: EmailCanonicalization, salt: &Salt) -> Self {
        let mailbox = parse_mailbox(text);
        let mut hash = Sha256::new();
        match &mailbox {
            Some(mailbox) => canonical_parts(mailbox, email, |part| hash.update(part)),
            None => hash.update(text),
        }
        Identifier { hash: salt.finish_long(hash), domain: mailbox.map(|mailbox| mailbox.domain) }
    }
}

/// Makes a plain address canonical where it stands.
#[inline]
fn canonicalize(message: &mut Message, at: usize, has_plus: bool, email: EmailCanonicalization) {
    let length = message.length();
    let letters = message.letters_mut();
    letters.make_ascii_lowercase();
    let mut kept = at;
    if has_plus {
        kept = letters[..at].iter().position(|&byte| byte == b'+').unwrap_or(at);
    }
    if email == EmailCanonicalization::IgnoreDots {
        kept = without_dots(&mut letters[..kept]);
    }
    if kept < at {
        letters.copy_within(at..length, kept);
        message.cut(length - (at - kept));
    }
}

/// Moves the other letters to the front and says how many they are.
fn without_dots(local: &mut [u8]) -> usize {
    let mut kept = 0;
    for from in 0..local.len() {
        local[kept] = local[from];
        kept += usize::from(local[from] != b'.');
    }
    kept
}

/// Gives the canonical form in pieces, lower-cased in a buffer on the stack. Local parts and domains are ASCII, and
/// together no longer than the text they come from.
fn canonical_parts(mailbox: &Mailbox<'_>, email: EmailCanonicalization, mut emit: impl FnMut(&[u8])) {
    let local = mailbox.local.split('+').next().unwrap_or_default().bytes();
    let keeps_dots = email == EmailCanonicalization::Strict;
    let kept = local.filter(|&byte| keeps_dots || byte != b'.');
    let mut buffer = [0; SHORT];
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
    use proptest::proptest;

    use super::*;
    use crate::Secret;
    use crate::email::plain::tests::hostile;

    /// By the whole grammar, with the canonical form built.
    fn canonical(text: &str, email: EmailCanonicalization) -> String {
        let mut whole = Vec::new();
        match parse_mailbox(text) {
            Some(mailbox) => canonical_parts(&mailbox, email, |part| whole.extend_from_slice(part)),
            None => whole.extend_from_slice(text.as_bytes()),
        }
        String::from_utf8(whole).unwrap()
    }

    /// Whichever way an identifier is read, it has the hash of its canonical form and the domain of the grammar.
    fn assert_is_read(text: &str) {
        let salt = Salt::new(&Secret::new("salt"));
        for email in [EmailCanonicalization::Strict, EmailCanonicalization::IgnoreDots] {
            let read = Identifier::read(text, email, &salt);
            let expected = Sha256::new_with_prefix(canonical(text, email)).chain_update("salt").finalize();
            assert_eq!(read.hash.bytes(), *expected, "{text:?}");
            assert_eq!(read.domain, parse_mailbox(text).map(|mailbox| mailbox.domain), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn all_ways_of_reading_agree(text in hostile()) {
            assert_is_read(&text);
        }
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
            assert_is_read(text);
            assert_eq!(canonical(text, EmailCanonicalization::Strict), strict, "{text}");
            assert_eq!(canonical(text, EmailCanonicalization::IgnoreDots), ignore_dots, "{text}");
        }
        let text = format!("{}@x.co", long.to_uppercase());
        assert_is_read(&text);
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
