//! What stands in the store under a name, at each of the places where the proxy looks for it.

use vizard_proxy::ports::{SecretStore, StoreError};
use vizard_proxy::secrets::Namespaces;
use vizard_pseudonym::{Secret, is_blank};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) place: String,
    pub(crate) value: Secret,
    pub(crate) worth: Worth,
}

/// Whether a value is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    Real,
    /// `fill me`, which deployments make secrets with; the proxy takes it as absent.
    Placeholder,
    /// White space; the same.
    Blank,
    /// `{}`, which some tools write in place of nothing; the proxy would take it as the value.
    EmptyObject,
}

impl Worth {
    pub(crate) fn of(value: &Secret) -> Worth {
        match value.expose_str().map(str::trim) {
            Some("fill me") => Worth::Placeholder,
            Some("{}") => Worth::EmptyObject,
            Some(text) if is_blank(text) => Worth::Blank,
            _ => Worth::Real,
        }
    }
}

/// What stands at the places of `name`, in the order in which the proxy asks them.
pub(crate) async fn look(
    store: &dyn SecretStore,
    namespaces: &Namespaces,
    name: &str,
) -> Result<Vec<Standing>, StoreError> {
    let mut found = Vec::new();
    for place in namespaces.places(name) {
        if let Some(value) = store.read(&place).await? {
            let worth = Worth::of(&value);
            found.push(Standing { place, value, worth });
        }
    }
    Ok(found)
}

/// Where a new value belongs: with the state, if the proxy replaces it; where something stands already, be it a
/// placeholder, and with this connector before all others, whose value may stay as it is; for all connectors, if it is
/// a salt or key and there is such a place; else with this connector.
pub(crate) fn place_for(name: &str, standing: &[Standing], namespaces: &Namespaces) -> String {
    if let ("REFRESH_TOKEN" | "ACCESS_TOKEN", Some(state)) = (name, &namespaces.state) {
        return format!("{state}{name}");
    }
    if let Some(standing) = standing.first() {
        return standing.place.clone();
    }
    let shared = matches!(name, "PSOXY_SALT" | "PSOXY_ENCRYPTION_KEY") && !namespaces.shared.is_empty();
    format!("{}{name}", if shared { &namespaces.shared } else { &namespaces.instance })
}

#[cfg(test)]
mod tests {
    use vizard_proxy::secrets::EnvironmentSecrets;

    use super::*;

    #[test]
    fn knows_values_from_what_stands_in_for_them() {
        let cases = [
            ("fill me", Worth::Placeholder),
            (" fill me\n", Worth::Placeholder),
            ("", Worth::Blank),
            (" \n", Worth::Blank),
            ("{}", Worth::EmptyObject),
            ("{\"a\":1}", Worth::Real),
            ("fill me in", Worth::Real),
        ];
        for (text, expected) in cases {
            assert_eq!(Worth::of(&Secret::new(text)), expected, "{text:?}");
        }
        assert_eq!(Worth::of(&Secret::new(vec![0xff])), Worth::Real);
    }

    #[tokio::test]
    async fn writes_where_the_proxy_will_find_it_first() {
        let store = EnvironmentSecrets::from_pairs([
            ("config/CLIENT_ID", "fill me"),
            ("shared/CLIENT_ID", "real"),
            ("shared/ACCOUNT_ID", "fill me"),
            ("shared/PRIVATE_KEY", "real"),
            ("config/REFRESH_TOKEN", "old"),
        ]);
        let (instance, shared) = ("config/".to_owned(), "shared/".to_owned());
        let apart = Namespaces { instance, shared, state: Some("state/".to_owned()) };
        let plain = Namespaces { instance: "config/".to_owned(), ..Namespaces::default() };
        let cases = [
            (&apart, "CLIENT_ID", "config/CLIENT_ID"), // the shared one is other connectors'
            (&apart, "PRIVATE_KEY", "shared/PRIVATE_KEY"),
            (&apart, "ACCOUNT_ID", "shared/ACCOUNT_ID"),
            (&apart, "CLIENT_SECRET", "config/CLIENT_SECRET"),
            (&apart, "PSOXY_SALT", "shared/PSOXY_SALT"),
            (&apart, "SALT_IP", "config/SALT_IP"),
            (&apart, "REFRESH_TOKEN", "state/REFRESH_TOKEN"),
            (&plain, "REFRESH_TOKEN", "config/REFRESH_TOKEN"),
            (&plain, "PSOXY_SALT", "config/PSOXY_SALT"),
        ];
        for (namespaces, name, expected) in cases {
            let standing = look(&store, namespaces, name).await.unwrap();
            assert_eq!(place_for(name, &standing, namespaces), expected, "{name}");
        }
    }
}
