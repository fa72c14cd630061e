//! One call, answered.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::super::status::{Code, Refusal};
use super::super::{Google, May, PROJECT, PROJECT_NUMBER, checksum, iam};
use super::kept::{Kept, Project, State, is_label};

/// A call that is being answered.
pub(super) struct Call<'a> {
    pub(super) project: &'a mut Project,
    pub(super) id: String,
    pub(super) number: String,
    pub(super) query: BTreeMap<String, String>,
    /// Whether the names of states are to be numbers.
    pub(super) as_numbers: bool,
    pub(super) body: Value,
    pub(super) may: May<'a>,
}

impl Call<'_> {
    pub(super) fn check(&self, permission: &str) -> Result<(), Refusal> {
        let (resource, is_there) = match self.id.as_str() {
            "" => (format!("projects/{PROJECT}"), false),
            id => (Google::secret_name(id), self.project.secrets.contains_key(id)),
        };
        if (self.may)(permission, &resource, is_there) {
            return Ok(());
        }
        let version =
            if self.number.is_empty() { String::new() } else { format!("/versions/{}", self.number) };
        Err(iam::denied(permission, &format!("{resource}{version}")))
    }

    pub(super) fn name(&self) -> String {
        format!("projects/{PROJECT_NUMBER}/secrets/{}", self.id)
    }

    pub(super) fn secret(&self) -> Result<&Kept, Refusal> {
        let absent = || Refusal::new(Code::NotFound, format!("Secret [{}] not found.", self.name()));
        self.project.secrets.get(&self.id).ok_or_else(absent)
    }

    /// The number of the version that is meant: one that is there.
    pub(super) fn version(&self) -> Result<usize, Refusal> {
        let none = format!("Secret [{}] not found or has no versions.", self.name());
        let kept =
            self.project.secrets.get(&self.id).ok_or_else(|| Refusal::new(Code::NotFound, none.clone()))?;
        if self.number == "latest" {
            return match kept.versions.len() {
                0 => Err(Refusal::new(Code::NotFound, none)),
                newest => Ok(newest), // whatever its state
            };
        }
        let absent = || {
            let name = format!("{}/versions/{}", self.name(), self.number);
            Refusal::new(Code::NotFound, format!("Secret Version [{name}] not found."))
        };
        let number = self.number.parse().ok().filter(|it| (1..=kept.versions.len()).contains(it));
        number.ok_or_else(absent)
    }

    pub(super) fn shown(&self, number: usize) -> Value {
        let name = format!("{}/versions/{number}", self.name());
        self.project.secrets[&self.id].versions[number - 1].json(&name, self.as_numbers)
    }

    pub(super) fn create(&mut self) -> Result<Value, Refusal> {
        let id = self.query.get("secretId").cloned().unwrap_or_default();
        self.project.create(&id)?;
        Ok(self.project.secrets[&id].json(&id))
    }

    pub(super) fn update(&mut self) -> Result<Value, Refusal> {
        let kept = self.secret()?;
        let invalid = |message: &str| Err(Refusal::new(Code::InvalidArgument, message));
        if self.query.get("updateMask").is_none_or(|it| it != "labels") {
            return invalid("The update mask is not one that this fake knows.");
        }
        let given = self.body["etag"].as_str().unwrap_or_default();
        if !given.is_empty() && given != kept.etag {
            return Err(stale());
        }
        let labels = self.body["labels"].as_object().cloned().unwrap_or_default();
        let pairs =
            labels.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or("?").to_owned()));
        let labels: BTreeMap<_, _> = pairs.collect();
        if labels.len() > 64 || !labels.iter().all(|(name, value)| is_label(name, value)) {
            return invalid("The labels do not have the form of labels.");
        }
        self.project.relabel(&self.id, labels);
        self.secret().map(|it| it.json(&self.id))
    }

    pub(super) fn add(&mut self) -> Result<Value, Refusal> {
        self.secret()?;
        let invalid = |message: &str| Refusal::new(Code::InvalidArgument, message);
        let payload = &self.body["payload"];
        let value = BASE64_STANDARD.decode(payload["data"].as_str().unwrap_or_default());
        let value = value.map_err(|_| invalid("The payload is not base64."))?;
        if value.len() > 65_536 {
            return Err(invalid("The payload exceeds the limit of 65536 bytes."));
        }
        let given = match &payload["dataCrc32c"] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        if given.as_ref().is_some_and(|given| *given != checksum::crc32c(&value).to_string()) {
            return Err(invalid("The checksum of the payload is not the one that was given."));
        }
        let number = self.project.add(&self.id, value, given.is_some());
        Ok(self.shown(number))
    }

    /// The newest first; a token is the number of the first version of the next page.
    pub(super) fn list(&self) -> Result<Value, Refusal> {
        let kept = self.secret()?;
        let invalid = |message: &str| Err(Refusal::new(Code::InvalidArgument, message));
        let wanted = match self.query.get("filter").map(|it| it.replace(' ', "")).as_deref() {
            None | Some("") => None,
            Some("state:ENABLED" | "state=ENABLED") => Some(State::Enabled),
            Some("state:DISABLED" | "state=DISABLED") => Some(State::Disabled),
            Some("state:DESTROYED" | "state=DESTROYED") => Some(State::Destroyed),
            Some(_) => return invalid("The filter is not one that this fake knows."),
        };
        let matching = |it: &usize| wanted.is_none_or(|wanted| kept.versions[it - 1].state == wanted);
        let all: Vec<usize> = (1..=kept.versions.len()).rev().filter(matching).collect();
        let from = self.query.get("pageToken").filter(|it| !it.is_empty());
        let Ok(from) = from.map_or(Ok(usize::MAX), |it| it.parse()) else {
            return invalid("The page token is not valid.");
        };
        let asked = self.query.get("pageSize").and_then(|it| it.parse().ok()).filter(|it| *it > 0);
        let most = asked.unwrap_or(25_000).min(self.project.page);
        let mut rest = all.iter().copied().filter(|it| *it <= from);
        let page: Vec<Value> = rest.by_ref().take(most).map(|number| self.shown(number)).collect();
        let mut answer = json!({"versions": page, "totalSize": all.len()});
        if let Some(next) = rest.next() {
            answer["nextPageToken"] = next.to_string().into();
        }
        Ok(answer)
    }

    pub(super) fn access(&self) -> Result<Value, Refusal> {
        let number = self.version()?;
        let version = &self.project.secrets[&self.id].versions[number - 1];
        let name = format!("{}/versions/{number}", self.name());
        let Some(value) = version.value.as_ref().filter(|_| version.state == State::Enabled) else {
            let message = format!("Secret Version [{name}] is in {} state.", version.state.name());
            return Err(Refusal::new(Code::FailedPrecondition, message));
        };
        // A number of 64 bits is text in Google's JSON.
        let checksum = checksum::crc32c(value).to_string();
        let payload = json!({"data": BASE64_STANDARD.encode(value), "dataCrc32c": checksum});
        Ok(json!({"name": name, "payload": payload}))
    }

    pub(super) fn change(&mut self, state: State) -> Result<Value, Refusal> {
        let number = self.version()?;
        let version = &self.project.secrets[&self.id].versions[number - 1];
        let given = self.body["etag"].as_str().unwrap_or_default();
        if !given.is_empty() && given != version.etag {
            return Err(stale());
        }
        if version.state == State::Destroyed {
            let name = format!("{}/versions/{number}", self.name());
            let message = format!("Secret Version [{name}] is in DESTROYED state.");
            return Err(Refusal::new(Code::FailedPrecondition, message));
        }
        self.project.set_state(&self.id, number, state);
        Ok(self.shown(number))
    }
}

fn stale() -> Refusal {
    Refusal::new(
        Code::FailedPrecondition,
        "The etag provided does not match the current etag of the resource.",
    )
}
