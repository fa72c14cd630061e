//! Several connectors behind one host: which one a call is for, and which settings are whose.
//!
//! `VIZARD_CONNECTORS=zoom,badges` makes `/zoom/v2/users` a call of `/v2/users` for the connector `zoom`. A setting
//! `NAME` of that connector is `ZOOM__NAME`, or `NAME` where all have the same.

use crate::secrets::Namespaces;
use crate::settings::Environment;

/// The connectors of `VIZARD_CONNECTORS`; none when there is only the one that the plain settings describe.
///
/// # Errors
///
/// What was expected instead.
pub fn listed(environment: &dyn Environment) -> Result<Vec<String>, &'static str> {
    let written = environment.value("VIZARD_CONNECTORS").unwrap_or_default();
    if written.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<String> = Vec::new();
    for id in written.split(',').map(str::trim) {
        let plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
        if id.is_empty() || id.starts_with('-') || !id.bytes().all(plain) || ids.iter().any(|it| it == id) {
            return Err(
                "different names of lower-case letters, digits and hyphens, with commas between them",
            );
        }
        ids.push(id.to_owned());
    }
    Ok(ids)
}

/// The place in the list of the connector that a path is for: the one that its first segment names.
pub fn addressed(ids: &[String], path: &str) -> Option<usize> {
    let segment = path.strip_prefix('/')?.split('/').next()?;
    ids.iter().position(|id| id == segment)
}

/// Two connectors whose parameters or state begin with the same prefix: each would send the other's credential to its
/// own source.
pub fn overlapping<'i>(environment: &dyn Environment, ids: &'i [String]) -> Option<(&'i str, &'i str)> {
    let places = |id: &str| {
        let Namespaces { instance, state, .. } = Namespaces::of(&ConnectorEnvironment::new(environment, id));
        (state.unwrap_or_else(|| instance.clone()), instance)
    };
    let known: Vec<_> = ids.iter().map(|id| (id, places(id))).collect();
    known.iter().enumerate().find_map(|(place, (id, (state, instance)))| {
        let same = |(_, other): &&(&String, (String, String))| other.0 == *state || other.1 == *instance;
        known[..place].iter().find(same).map(|(other, _)| (other.as_str(), id.as_str()))
    })
}

/// The environment as one connector of several sees it.
#[derive(Debug)]
pub struct ConnectorEnvironment<'e> {
    all: &'e dyn Environment,
    /// `ZOOM__`.
    own: String,
    /// `/zoom`.
    path: String,
}

impl<'e> ConnectorEnvironment<'e> {
    /// For the connector of this name.
    pub fn new(all: &'e dyn Environment, id: &str) -> ConnectorEnvironment<'e> {
        let own = format!("{}__", id.to_ascii_uppercase().replace('-', "_"));
        ConnectorEnvironment { all, own, path: format!("/{id}") }
    }
}

impl Environment for ConnectorEnvironment<'_> {
    fn value(&self, name: &str) -> Option<String> {
        let own = self.all.value(&format!("{}{name}", self.own));
        // The segment that chose the connector is no part of the source's path.
        let given = (name == "REQUEST_PATH_PREFIX_TO_TRIM").then(|| self.path.clone());
        own.or(given).or_else(|| self.all.value(name))
    }

    fn names(&self) -> Vec<String> {
        let names = self.all.names().into_iter();
        names
            .filter_map(|name| match name.split_once("__") {
                Some(_) => name.strip_prefix(&self.own).map(str::to_owned), // others' names are not ours to judge
                None => Some(name),
            })
            .collect()
    }

    fn resource(&self, name: &str) -> Result<Option<String>, String> {
        self.all.resource(&format!("{}/{name}", self.path.trim_start_matches('/')))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_list_is_of_plain_names() {
        let listed = |text: &str| listed(&environment(&[("VIZARD_CONNECTORS", text)]));
        assert_eq!(listed("zoom, hr-badges"), Ok(vec!["zoom".to_owned(), "hr-badges".to_owned()]));
        assert_eq!(listed(" "), Ok(Vec::new()));
        for wrong in ["zoom,", "Zoom", "zoom,zoom", "a/b", "-a", "a b"] {
            assert!(listed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_first_segment_chooses() {
        let ids = ["zoom".to_owned(), "badges".to_owned()];
        let cases = [
            ("/zoom/v2/users", Some(0)),
            ("/badges", Some(1)),
            ("/zoomed/v2", None),
            ("/v2/zoom", None),
            ("//zoom/v2", None),
            ("/%7Aoom/v2", None),
            ("zoom/v2", None),
        ];
        for (path, expected) in cases {
            assert_eq!(addressed(&ids, path), expected, "{path}");
        }
    }

    #[test]
    fn connectors_that_would_share_a_credential_are_found() {
        let ids = ["zoom".to_owned(), "badges".to_owned()];
        let own =
            [("ZOOM__PATH_TO_INSTANCE_CONFIG", "/zoom/"), ("BADGES__PATH_TO_INSTANCE_CONFIG", "/badges/")];
        let shared = [own[0], own[1], ("VIZARD_STATE_PATH", "/state/")];
        let apart = [own[0], own[1], ("ZOOM__VIZARD_STATE_PATH", "/state/")];
        for (pairs, expected) in [
            (&own[..], None),
            (&apart, None),
            (&shared, Some(("zoom", "badges"))),
            (&own[..1], None), // one has a prefix, the other has none
            (&[("PATH_TO_INSTANCE_CONFIG", "/all/")], Some(("zoom", "badges"))),
            (&[("AWS_LAMBDA_FUNCTION_NAME", "proxy")], Some(("zoom", "badges"))),
        ] {
            assert_eq!(overlapping(&environment(pairs), &ids), expected, "{pairs:?}");
        }
    }

    #[test]
    fn each_sees_its_own_settings_first_and_never_those_of_others() {
        let all = environment(&[
            ("SOURCE", "common"),
            ("HR_BADGES__SOURCE", "badges"),
            ("ZOOM__TARGET_HOST", "api.zoom.us"),
            ("HR_BADGES__REQUEST_PATH_PREFIX_TO_TRIM", "/front"),
        ]);
        let badges = ConnectorEnvironment::new(&all, "hr-badges");
        let zoom = ConnectorEnvironment::new(&all, "zoom");
        assert_eq!(badges.value("SOURCE").as_deref(), Some("badges"));
        assert_eq!(zoom.value("SOURCE").as_deref(), Some("common"));
        assert_eq!(badges.value("TARGET_HOST"), None);
        assert_eq!(badges.value("REQUEST_PATH_PREFIX_TO_TRIM").as_deref(), Some("/front"));
        assert_eq!(zoom.value("REQUEST_PATH_PREFIX_TO_TRIM").as_deref(), Some("/zoom"));
        assert_eq!(zoom.names(), ["SOURCE", "TARGET_HOST"]);
    }
}
