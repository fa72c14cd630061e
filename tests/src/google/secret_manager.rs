//! Secret Manager, version 1, over REST.

mod call;
mod kept;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::status::{Code, Refusal};
use super::{Google, May, PROJECT, PROJECT_NUMBER, Whole, answered, iam, uri};
use call::Call;
use kept::Project;
pub use kept::{Kept, State, Version};

/// What an operator does, without the API.
impl Google {
    /// The name of a secret, as roles are granted on it.
    pub fn secret_name(id: &str) -> String {
        format!("projects/{PROJECT}/secrets/{id}")
    }

    /// Makes a secret without a version.
    pub fn create_secret(&self, id: &str) {
        self.parts.secrets.project().create(id).unwrap();
    }

    /// Adds a version to a secret, and makes the secret if there is none: the number of the version.
    pub fn put_secret(&self, id: &str, value: &str) -> usize {
        let mut project = self.parts.secrets.project();
        if !project.secrets.contains_key(id) {
            project.create(id).unwrap();
        }
        project.add(id, value.as_bytes().to_vec(), false)
    }

    /// Sets a label, or removes it.
    pub fn label_secret(&self, id: &str, name: &str, value: Option<&str>) {
        let mut project = self.parts.secrets.project();
        let mut labels = project.secrets[id].labels.clone();
        match value {
            Some(value) => labels.insert(name.to_owned(), value.to_owned()),
            None => labels.remove(name),
        };
        project.relabel(id, labels);
    }

    /// Disables or destroys a version.
    pub fn set_version_state(&self, id: &str, number: usize, state: State) {
        self.parts.secrets.project().set_state(id, number, state);
    }

    /// Removes a secret.
    pub fn delete_secret(&self, id: &str) {
        self.parts.secrets.project().secrets.remove(id);
    }

    /// A secret, whole.
    pub fn secret(&self, id: &str) -> Option<Kept> {
        self.parts.secrets.project().secrets.get(id).cloned()
    }

    /// What all secrets say now: the newest version of each, where that is enabled.
    pub fn secret_values(&self) -> BTreeMap<String, String> {
        let project = self.parts.secrets.project();
        let values = project.secrets.iter().filter_map(|(id, kept)| Some((id.clone(), kept.value()?)));
        values.collect()
    }

    /// From now on a page lists so many versions at most, whatever is asked for.
    pub fn set_page_of_versions(&self, most: usize) {
        self.parts.secrets.project().page = most;
    }
}

/// What a call is, if it is one of Secret Manager.
pub(super) fn kind(method: &Method, path: &str) -> Option<&'static str> {
    let place = Place::of(path)?;
    Some(match (method.as_str(), place.secret.is_some(), place.version, place.verb) {
        ("GET", false, None, "") => "SecretManager.ListSecrets",
        ("POST", false, None, "") => "SecretManager.CreateSecret",
        ("GET", true, None, "") => "SecretManager.GetSecret",
        ("PATCH", true, None, "") => "SecretManager.UpdateSecret",
        ("POST", true, None, "addVersion") => "SecretManager.AddSecretVersion",
        ("GET", true, Some(""), "") => "SecretManager.ListSecretVersions",
        ("GET", true, Some(_), "") => "SecretManager.GetSecretVersion",
        ("GET", true, Some(_), "access") => "SecretManager.AccessSecretVersion",
        ("POST", true, Some(_), "disable") => "SecretManager.DisableSecretVersion",
        ("POST", true, Some(_), "enable") => "SecretManager.EnableSecretVersion",
        ("POST", true, Some(_), "destroy") => "SecretManager.DestroySecretVersion",
        _ => return None,
    })
}

/// The parts of a path such as `/v1/projects/P/secrets/S/versions/3:access`.
#[derive(Debug, PartialEq, Eq)]
struct Place<'a> {
    project: &'a str,
    secret: Option<&'a str>,
    /// "" where all versions are meant.
    version: Option<&'a str>,
    verb: &'a str,
}

impl Place<'_> {
    fn of(path: &str) -> Option<Place<'_>> {
        let (path, verb) = path.split_once(':').unwrap_or((path, ""));
        let mut parts = path.strip_prefix("/v1/projects/")?.split('/');
        let (project, "secrets") = (parts.next()?, parts.next()?) else { return None };
        let (secret, versions, version) = (parts.next(), parts.next(), parts.next());
        match versions {
            None => Some(Place { project, secret, version: None, verb }),
            Some("versions") => Some(Place { project, secret, version: version.or(Some("")), verb }),
            Some(_) => None,
        }
    }
}

/// The secrets of the project.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    project: Mutex<Project>,
}

impl Secrets {
    fn project(&self) -> MutexGuard<'_, Project> {
        self.project.lock().unwrap()
    }

    pub(super) fn answer(
        &self,
        kind: &str,
        request: &Request<Bytes>,
        may: May<'_>,
    ) -> Result<Response<Whole>, Refusal> {
        let place = Place::of(request.uri().path()).expect("it was read before");
        let query = uri::pairs(request.uri().query().unwrap_or_default());
        let mut call = Call {
            project: &mut self.project(),
            id: place.secret.map(uri::decoded).unwrap_or_default(),
            number: place.version.map(uri::decoded).unwrap_or_default(),
            as_numbers: query.get("$alt").is_some_and(|it| it.contains("enum-encoding=int")),
            body: read(request.body())?,
            query,
            may,
        };
        if ![PROJECT, PROJECT_NUMBER].contains(&place.project) {
            return Err(iam::denied(permission(kind), &format!("projects/{}", place.project)));
        }
        call.check(permission(kind))?;
        let answer = match kind {
            "SecretManager.CreateSecret" => call.create(),
            "SecretManager.GetSecret" => call.secret().map(|it| it.json(&call.id)),
            "SecretManager.UpdateSecret" => call.update(),
            "SecretManager.AddSecretVersion" => call.add(),
            "SecretManager.ListSecretVersions" => call.list(),
            "SecretManager.GetSecretVersion" => call.version().map(|number| call.shown(number)),
            "SecretManager.AccessSecretVersion" => call.access(),
            "SecretManager.DisableSecretVersion" => call.change(State::Disabled),
            "SecretManager.EnableSecretVersion" => call.change(State::Enabled),
            "SecretManager.DestroySecretVersion" => call.change(State::Destroyed),
            _ => Err(Refusal::new(Code::Unimplemented, "not part of this fake")),
        }?;
        Ok(answered(200, "application/json; charset=UTF-8", answer.to_string()))
    }
}

fn read(body: &Bytes) -> Result<Value, Refusal> {
    let invalid = |_| Refusal::new(Code::InvalidArgument, "Invalid JSON payload received.");
    if body.is_empty() { Ok(json!({})) } else { serde_json::from_slice(body).map_err(invalid) }
}

fn permission(kind: &str) -> &'static str {
    match kind {
        "SecretManager.ListSecrets" => "secretmanager.secrets.list",
        "SecretManager.CreateSecret" => "secretmanager.secrets.create",
        "SecretManager.GetSecret" => "secretmanager.secrets.get",
        "SecretManager.UpdateSecret" => "secretmanager.secrets.update",
        "SecretManager.AddSecretVersion" => "secretmanager.versions.add",
        "SecretManager.ListSecretVersions" => "secretmanager.versions.list",
        "SecretManager.GetSecretVersion" => "secretmanager.versions.get",
        "SecretManager.AccessSecretVersion" => "secretmanager.versions.access",
        "SecretManager.DisableSecretVersion" => "secretmanager.versions.disable",
        "SecretManager.EnableSecretVersion" => "secretmanager.versions.enable",
        _ => "secretmanager.versions.destroy",
    }
}
