//! Pseudonyms of the address lists in mail headers (`To`, `Cc` and the like).

use crate::email::{Mailbox, parse_address_list};
use crate::{Kind, MissingKey, Pseudonymizer, is_blank};

/// How the pseudonyms of a list are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderEncoding {
    /// Tokens, with commas between them.
    UrlSafeToken,
    /// A JSON array of objects as [`Pseudonymizer::json`] makes them.
    Json,
}

impl Pseudonymizer {
    /// The pseudonyms of an RFC 2822 address list, members of groups included. `None` if it is not one (an
    /// empty element is enough), or if domains are to be encrypted and there is no key for it; a blank text
    /// gives an empty one.
    ///
    /// ```
    /// # use vizard_pseudonym::{HeaderEncoding, KeyMaterial, Pseudonymizer, Settings};
    /// let pseudonymizer = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
    /// let header = |text| pseudonymizer.email_header(text, HeaderEncoding::UrlSafeToken);
    /// assert_eq!(
    ///     header("Team: Nora <nora@lumen.example>, ben@lumen.example;"),
    ///     header("NORA@lumen.example,\"B. Ash\" <ben@lumen.example>"),
    /// );
    /// assert_eq!(header("nora@lumen.example,,ben@lumen.example"), None);
    /// ```
    pub fn email_header(&self, text: &str, encoding: HeaderEncoding) -> Option<String> {
        if is_blank(text) {
            return Some(String::new());
        }
        let mailboxes = parse_address_list(text)?;
        let mut out = String::new();
        for (index, mailbox) in mailboxes.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            self.push_mailbox(mailbox, encoding, &mut out).ok()?;
        }
        Some(match encoding {
            HeaderEncoding::UrlSafeToken => out,
            HeaderEncoding::Json => format!("[{out}]"),
        })
    }

    fn push_mailbox(
        &self,
        mailbox: &Mailbox<'_>,
        encoding: HeaderEncoding,
        out: &mut String,
    ) -> Result<(), MissingKey> {
        let identifier = reformatted(mailbox);
        match encoding {
            HeaderEncoding::UrlSafeToken => self.token_into(&identifier, Kind::Hash, out)?,
            HeaderEncoding::Json => out.push_str(&self.json(&identifier, false, false)?),
        }
        Ok(())
    }
}

/// The mailbox as the identifier to hash. Pseudonyms in the field were made of this text, in which quotes
/// inside the name are not escaped again: such a name may make it an opaque text that is hashed with the name.
fn reformatted(mailbox: &Mailbox<'_>) -> String {
    let Mailbox { local, domain, .. } = mailbox;
    match mailbox.display_name.as_deref() {
        None | Some("") => format!("{local}@{domain}"),
        Some(name) => format!("\"{name}\" <{local}@{domain}>"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EmailDomainHandling, KeyMaterial, Settings};

    #[test]
    fn are_lists_of_people() {
        let pseudonymizer = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
        let token = |identifier| pseudonymizer.token(identifier, Kind::Hash).unwrap();
        let (nora, ben) = (token("nora@x.co"), token("ben@x.co"));
        let cases = [
            ("", Some(String::new())),
            (" \u{2003}", Some(String::new())),
            ("nora@x.co", Some(nora.clone())),
            (" \"Quill, Nora\" <Nora+a@x.co> ", Some(nora.clone())),
            ("nora@x.co, Ben Ash (desk) <ben@x.co>", Some(format!("{nora},{ben}"))),
            ("Team: nora@x.co, ben@x.co;", Some(format!("{nora},{ben}"))),
            ("Team: nora@x.co; , ben@x.co", Some(format!("{nora},{ben}"))),
            ("Nobody:;", Some(String::new())),
            ("nora@x.co,,ben@x.co", None),
            ("nora@x.co,", None),
            ("nora", None),
            // Quotes in the name, not escaped again: a text that is still a mailbox, and two that are not.
            (r#""Nora \"Q\" Quill" <nora@x.co>"#, Some(nora.clone())),
            (r#""Nora \"Q." <nora@x.co>"#, Some(token(r#""Nora "Q." <nora@x.co>"#))),
            (r#""N \"Q.\" Quill" <nora@x.co>"#, Some(token(r#""N "Q." Quill" <nora@x.co>"#))),
        ];
        for (text, expected) in cases {
            assert_eq!(pseudonymizer.email_header(text, HeaderEncoding::UrlSafeToken), expected, "{text}");
        }
    }

    #[test]
    fn are_arrays_in_json() {
        let pseudonymizer = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
        let json = |identifier| pseudonymizer.json(identifier, false, false).unwrap();
        let header = |text| pseudonymizer.email_header(text, HeaderEncoding::Json);
        assert_eq!(header(""), Some(String::new()));
        assert_eq!(header("Nobody:;"), Some("[]".to_owned()));
        assert_eq!(
            header("nora@x.co,Ben <ben@x.co>"),
            Some(format!("[{},{}]", json("nora@x.co"), json("ben@x.co")))
        );
    }

    #[test]
    fn give_nothing_when_the_key_for_domains_is_missing() {
        let settings =
            Settings { email_domain_handling: EmailDomainHandling::Encrypt, ..Settings::default() };
        let pseudonymizer = Pseudonymizer::new(&KeyMaterial::salted("salt"), settings);
        assert_eq!(pseudonymizer.email_header("nora@x.co", HeaderEncoding::UrlSafeToken), None);
    }
}
