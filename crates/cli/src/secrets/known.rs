//! Which secrets a deployment can have, and what is known of each.

use regex::Regex;
use vizard_proxy::connector::{Connector, SecretNote, Writer};

use super::account_key::ACCOUNT_KEY;

/// One secret that there may be.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// The proxy does not work without it.
    pub(crate) required: bool,
    /// What the connector says of it.
    pub(crate) note: Option<SecretNote>,
}

/// What it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Goes into every pseudonym; white space counts.
    Salt,
    /// Makes pseudonyms reversible; white space counts.
    Key,
    /// Something of the source's; white space around it is left out when it is used.
    Credential,
}

/// Those of the connector first, then what else is needed, then what there can be besides.
pub(crate) fn secrets(connector: Option<&Connector>, needed: &[&str]) -> Vec<Known> {
    let notes = connector.map(|it| it.secrets.as_slice()).unwrap_or_default();
    let mut known: Vec<Known> = Vec::new();
    let mut add = |name: &str, required: bool, note: Option<&SecretNote>| {
        if !known.iter().any(|it| it.name == name) {
            known.push(Known { name: name.to_owned(), kind: kind(name), required, note: note.cloned() });
        }
    };
    for note in notes {
        add(&note.name, note.required || needed.contains(&note.name.as_str()), Some(note));
    }
    needed.iter().for_each(|name| add(name, true, None));
    SALTS.iter().chain(&KEYS).chain(&CREDENTIALS).for_each(|name| add(name, false, None));
    known
}

impl Known {
    pub(crate) fn is_written_by_proxy(&self) -> bool {
        match &self.note {
            Some(note) => note.written_by == Writer::Proxy,
            None => self.name == "ACCESS_TOKEN" && !self.required,
        }
    }

    /// Whether a value looks like what the source gives out.
    pub(crate) fn fits(&self, value: &str) -> bool {
        let Some(shape) = self.note.as_ref().and_then(|note| note.shape.as_deref()) else {
            return true;
        };
        let whole = Regex::new(&format!(r"\A(?:{shape})\z")).expect("shipped shapes are read by a test");
        whole.is_match(value)
    }

    /// What the connector says about values that do not.
    pub(crate) fn hint(&self) -> &str {
        self.note.as_ref().and_then(|note| note.hint.as_deref()).unwrap_or_default()
    }
}

fn kind(name: &str) -> Kind {
    if SALTS.contains(&name) {
        Kind::Salt
    } else if KEYS.contains(&name) {
        Kind::Key
    } else {
        Kind::Credential
    }
}

const SALTS: [&str; 3] = ["PSOXY_SALT", "SALT_IP", "SALT_EMAIL_DOMAINS"];
const KEYS: [&str; 3] = ["PSOXY_ENCRYPTION_KEY", "ENCRYPTION_KEY_IP", "ENCRYPTION_KEY_EMAIL_DOMAINS"];
const CREDENTIALS: [&str; 11] = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "ACCOUNT_ID",
    "REFRESH_TOKEN",
    "PRIVATE_KEY",
    "PRIVATE_KEY_ID",
    "ACCESS_TOKEN",
    "BASIC_AUTH_USER_ID",
    "BASIC_AUTH_PASSWORD",
    "ADMIN_API_KEY",
    ACCOUNT_KEY,
];

#[cfg(test)]
mod tests {
    use vizard_proxy::prebuilt;

    use super::*;

    #[test]
    fn the_shapes_of_zoom_tell_its_values_from_what_is_mistaken_for_them() {
        let zoom = prebuilt::connector("zoom").unwrap();
        let known = secrets(Some(&zoom), &["CLIENT_ID"]);
        let fits = |name: &str, value: &str| known.iter().find(|it| it.name == name).unwrap().fits(value);
        let cases = [
            ("ACCOUNT_ID", "4Kx2mPZQRh6tY8wLsVn3Ag", true),
            ("ACCOUNT_ID", "10012345678", false),
            ("ACCOUNT_ID", "4Kx2mPZQRh6tY8wLsVn3Ag==", false),
            ("ACCOUNT_ID", "4Kx2mPZQRh6tY8wLsVn3Ag\n4Kx2mPZQRh6tY8wLsVn3Ag", false),
            ("CLIENT_ID", "LumenOrchardProxyS2S01", true),
            ("CLIENT_ID", "nora@lumen-orchard.example", false),
            ("CLIENT_SECRET", "pW7vKq2ZtR9bXn4LcYd8HsFj3MgUa6Te", true),
            ("CLIENT_SECRET", "short", false),
            ("PSOXY_SALT", "anything at all", true),
        ];
        for (name, value, expected) in cases {
            assert_eq!(fits(name, value), expected, "{name} {value}");
        }
    }

    #[test]
    fn a_source_without_a_connector_needs_what_its_strategy_needs() {
        let known = secrets(None, &["PSOXY_SALT", "ADMIN_API_KEY"]);
        let required: Vec<_> = known.iter().filter(|it| it.required).map(|it| it.name.as_str()).collect();
        assert_eq!(required, ["PSOXY_SALT", "ADMIN_API_KEY"]);
        assert_eq!(known.len(), SALTS.len() + KEYS.len() + CREDENTIALS.len());
        let written: Vec<_> =
            known.iter().filter(|it| it.is_written_by_proxy()).map(|it| it.name.as_str()).collect();
        assert_eq!(written, ["ACCESS_TOKEN"]);
    }
}
