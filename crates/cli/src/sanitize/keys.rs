//! Salts and keys from the environment: a person at a terminal is the secret store.

use vizard_pseudonym::{EmailDomainHandling, KeyMaterial, Pseudonymizer, Secret, Settings, is_blank};
use vizard_sanitizer::Needs;

/// What the environment holds.
#[derive(Debug)]
pub(crate) struct Keys {
    material: KeyMaterial,
    settings: Settings,
}

impl Keys {
    /// Reads by name; what is wrong or missing is added to `problems`.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>, problems: &mut Vec<String>) -> Keys {
        let present =
            |name: &str| variable(name).filter(|value| !is_blank(value) && value.trim() != PLACEHOLDER);
        let secret = |name: &str| present(name).map(Secret::new);
        let salt = secret("PSOXY_SALT").unwrap_or_else(|| {
            problems.push("PSOXY_SALT is not set; pseudonyms cannot be made without it".to_owned());
            Secret::new("")
        });
        let mut settings = Settings::default();
        let mut wrong = |name: &str, error: &dyn std::fmt::Display| problems.push(format!("{name} {error}"));
        if let Some(text) = present("EMAIL_CANONICALIZATION") {
            match text.trim().parse() {
                Ok(value) => settings.email_canonicalization = value,
                Err(error) => wrong("EMAIL_CANONICALIZATION", &error),
            }
        }
        if let Some(text) = present("EMAIL_DOMAIN_HANDLING") {
            match text.trim().parse() {
                Ok(value) => settings.email_domain_handling = value,
                Err(error) => wrong("EMAIL_DOMAIN_HANDLING", &error),
            }
        }
        let material = KeyMaterial {
            salt,
            encryption_key: secret("PSOXY_ENCRYPTION_KEY"),
            ip_salt: secret("SALT_IP"),
            ip_encryption_key: secret("ENCRYPTION_KEY_IP"),
            domain_salt: secret("SALT_EMAIL_DOMAINS"),
            domain_encryption_key: secret("ENCRYPTION_KEY_EMAIL_DOMAINS"),
        };
        Keys { material, settings }
    }

    /// Adds what the rules need and is not there.
    pub(crate) fn satisfy(&self, needs: Needs, problems: &mut Vec<String>) {
        let main = self.material.encryption_key.is_some();
        if needs.encryption_key && !main {
            problems.push("PSOXY_ENCRYPTION_KEY is not set; the rules make reversible pseudonyms".to_owned());
        } else if needs.ip_encryption_key && !main && self.material.ip_encryption_key.is_none() {
            problems.push(
                "ENCRYPTION_KEY_IP or PSOXY_ENCRYPTION_KEY must be set; the rules encrypt addresses"
                    .to_owned(),
            );
        }
        let encrypts_domains = self.settings.email_domain_handling == EmailDomainHandling::Encrypt;
        if encrypts_domains && !main && self.material.domain_encryption_key.is_none() {
            problems.push(
                "ENCRYPTION_KEY_EMAIL_DOMAINS or PSOXY_ENCRYPTION_KEY must be set; EMAIL_DOMAIN_HANDLING is \
                 ENCRYPT"
                    .to_owned(),
            );
        }
    }

    pub(crate) fn pseudonymizer(&self) -> Pseudonymizer {
        Pseudonymizer::new(&self.material, self.settings)
    }
}

/// What deployment tools write where a value is still to come.
const PLACEHOLDER: &str = "fill me";

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(variables: &[(&str, &str)], needs: Needs) -> Vec<String> {
        let mut problems = Vec::new();
        let find = |name: &str| variables.iter().find(|it| it.0 == name).map(|it| it.1.to_owned());
        Keys::read(find, &mut problems).satisfy(needs, &mut problems);
        problems.into_iter().map(|problem| problem.split(' ').next().unwrap().to_owned()).collect()
    }

    #[test]
    fn names_what_is_wrong_or_missing() {
        let (none, main) = (Needs::default(), Needs { encryption_key: true, ..Needs::default() });
        let address = Needs { ip_encryption_key: true, ..Needs::default() };
        let salt = ("PSOXY_SALT", "salt");
        let cases = [
            (vec![], none, vec!["PSOXY_SALT"]),
            (vec![("PSOXY_SALT", "")], none, vec!["PSOXY_SALT"]),
            (vec![("PSOXY_SALT", "fill me")], none, vec!["PSOXY_SALT"]),
            (vec![("PSOXY_SALT", " \n")], none, vec!["PSOXY_SALT"]),
            (vec![("PSOXY_SALT", " fill me\n")], none, vec!["PSOXY_SALT"]),
            (vec![salt, ("EMAIL_DOMAIN_HANDLING", "encrypt")], none, vec!["ENCRYPTION_KEY_EMAIL_DOMAINS"]),
            (
                vec![salt, ("EMAIL_DOMAIN_HANDLING", "ENCRYPT"), ("ENCRYPTION_KEY_EMAIL_DOMAINS", "key")],
                none,
                vec![],
            ),
            (vec![salt], none, vec![]),
            (vec![salt], main, vec!["PSOXY_ENCRYPTION_KEY"]),
            (vec![salt, ("ENCRYPTION_KEY_IP", "key")], main, vec!["PSOXY_ENCRYPTION_KEY"]),
            (vec![salt, ("ENCRYPTION_KEY_IP", "key")], address, vec![]),
            (vec![salt], address, vec!["ENCRYPTION_KEY_IP"]),
            (
                vec![("EMAIL_DOMAIN_HANDLING", "HASH"), ("EMAIL_CANONICALIZATION", "LAX")],
                none,
                vec!["PSOXY_SALT", "EMAIL_CANONICALIZATION", "EMAIL_DOMAIN_HANDLING"],
            ),
        ];
        for (variables, needs, expected) in cases {
            assert_eq!(problems(&variables, needs), expected, "{variables:?} {needs:?}");
        }
    }
}
