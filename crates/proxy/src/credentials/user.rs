//! The user of the source for whom a service account acts.

use std::hash::{Hash, Hasher};

use zeroize::Zeroizing;

/// An e-mail address in clear: it goes into what is signed for the token endpoint, and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct User(Zeroizing<String>);

impl User {
    /// None: the text is no address of a user. Pseudonyms look like one and are none.
    pub(crate) fn of(text: Zeroizing<String>) -> Option<User> {
        let (local, domain) = text.split_once('@')?;
        let is_pseudonym = ["t~", "p~", "h~", "e~"].iter().any(|it| local.starts_with(it));
        let is_local = !local.is_empty() && local.bytes().all(|it| it.is_ascii_graphic());
        let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-');
        let is_domain = !domain.is_empty() && domain.bytes().all(plain);
        (is_local && is_domain && !is_pseudonym && text.len() <= LONGEST).then_some(User(text))
    }

    pub(crate) fn address(&self) -> &str {
        &self.0
    }
}

impl Hash for User {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("User([secret])")
    }
}

/// As long as an address can be.
const LONGEST: usize = 254;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_local_part_at_one_domain() {
        let long = format!("{}@lumen-orchard.example", "n".repeat(240));
        let cases = [
            ("nora@lumen-orchard.example", true),
            ("Nora.O'Hara+x@lumen-orchard.example", true),
            ("", false),
            ("nora", false),
            ("@lumen-orchard.example", false),
            ("nora@", false),
            ("nora@mira@lumen-orchard.example", false),
            ("nora @lumen-orchard.example", false),
            ("nora@lumen-orchard.example,mira@lumen-orchard.example", false),
            ("<nora@lumen-orchard.example>", false),
            ("nor\u{e4}@lumen-orchard.example", false),
            ("nora@lumen-orchard.example\r\n", false),
            ("t~AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA@lumen-orchard.example", false),
            ("p~short@lumen-orchard.example", false),
            ("nora@h~AAAA", false),
            (&long, false),
        ];
        for (text, expected) in cases {
            let user = User::of(Zeroizing::new(text.to_owned()));
            assert_eq!(user.is_some(), expected, "{text}");
            assert!(!format!("{user:?}").contains("nora"));
        }
    }
}
