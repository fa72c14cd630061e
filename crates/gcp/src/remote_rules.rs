//! Rules in a bucket of Cloud Storage.

use vizard_proxy::remote_rules::{self, LIMIT, Place, RemoteRulesError};
use vizard_proxy::settings::Environment;

use crate::buckets::resource;
use crate::{Google, errors};

pub(crate) async fn read(
    google: &Google,
    environment: &dyn Environment,
) -> Result<Option<String>, RemoteRulesError> {
    let Some(place) = Place::of(environment) else {
        return Ok(None);
    };
    let late = || Err(unreadable("no answer in time"));
    google.patience.wait(fetch(google, place)).await.unwrap_or_else(late).map(Some)
}

async fn fetch(google: &Google, place: Place) -> Result<String, RemoteRulesError> {
    let buckets = google.buckets();
    let client = buckets.client().await.map_err(|_| unreadable("no client"))?;
    let read = client.read_object(resource(&place.bucket), place.key).send().await;
    let mut read = read.map_err(|error| unreadable(&errors::reason(&error)))?;
    let mut bytes = Vec::new();
    while let Some(part) = read.next().await {
        bytes.extend_from_slice(&part.map_err(|_| unreadable("the answer broke off"))?);
        if bytes.len() as u64 > LIMIT {
            return Err(RemoteRulesError::NotText);
        }
    }
    remote_rules::text(bytes)
}

fn unreadable(reason: &str) -> RemoteRulesError {
    RemoteRulesError::Unreadable(reason.to_owned())
}
