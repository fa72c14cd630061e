//! What Cloud Storage tells of an object, as Eventarc delivers it: a CloudEvent whose attributes are headers (binary
//! mode), or one that is JSON as a whole (structured mode).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::Value;

/// Something happened to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StorageEvent {
    /// What happened.
    pub kind: Kind,
    /// The bucket of the object.
    pub bucket: String,
    /// Its name in the bucket, up to 1024 bytes without control characters.
    pub object: String,
    /// Which version of it.
    pub generation: i64,
    /// In bytes.
    pub size: u64,
    /// As its writer declared it.
    pub content_type: Option<String>,
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It was written whole, as a new object or in place of another one.
    Finalized,
    /// It is gone.
    Deleted,
    /// Another one has taken its place, and it is kept.
    Archived,
    /// Its metadata has changed.
    MetadataUpdated,
}

/// This is no event of Cloud Storage, or none that can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no event of Cloud Storage")]
pub struct NotAnEvent;

/// The largest event that is read; those of Cloud Storage are smaller by far.
pub const LIMIT: usize = 256 * 1024;

/// The attributes of a CloudEvent that matter, wherever they stand.
#[derive(Deserialize)]
struct Attributes {
    specversion: String,
    r#type: String,
    source: String,
}

/// A CloudEvent in structured mode.
#[derive(Deserialize)]
struct Structured {
    #[serde(flatten)]
    attributes: Attributes,
    data: Option<Value>,
    data_base64: Option<String>,
}

/// The object, as Cloud Storage describes it: 64-bit numbers are text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Object {
    bucket: String,
    name: String,
    generation: String,
    size: Option<String>,
    content_type: Option<String>,
}

impl StorageEvent {
    /// Reads an event as it came over HTTP.
    ///
    /// # Errors
    ///
    /// When it is none, when it is larger than [`LIMIT`], or when its parts speak of different buckets.
    pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<StorageEvent, NotAnEvent> {
        if body.len() > LIMIT {
            return Err(NotAnEvent);
        }
        let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let (attributes, object) = if essence.eq_ignore_ascii_case("application/cloudevents+json") {
            structured(body)
        } else {
            binary(headers, body)
        }
        .ok_or(NotAnEvent)?;
        told(&attributes, object).ok_or(NotAnEvent)
    }
}

fn structured(body: &[u8]) -> Option<(Attributes, Object)> {
    let Structured { attributes, data, data_base64 } = serde_json::from_slice(body).ok()?;
    let object = match (data, data_base64) {
        (Some(data), None) => serde_json::from_value(data).ok()?,
        (None, Some(data)) => serde_json::from_slice(&STANDARD.decode(data).ok()?).ok()?,
        _ => return None,
    };
    Some((attributes, object))
}

fn binary(headers: &HeaderMap, body: &[u8]) -> Option<(Attributes, Object)> {
    let attribute = |name: &str| Some(headers.get(name)?.to_str().ok()?.to_owned());
    let attributes = Attributes {
        specversion: attribute("ce-specversion")?,
        r#type: attribute("ce-type")?,
        source: attribute("ce-source")?,
    };
    Some((attributes, serde_json::from_slice(body).ok()?))
}

fn told(attributes: &Attributes, object: Object) -> Option<StorageEvent> {
    let kind = match attributes.r#type.strip_prefix("google.cloud.storage.object.v1.")? {
        "finalized" => Kind::Finalized,
        "deleted" => Kind::Deleted,
        "archived" => Kind::Archived,
        "metadataUpdated" => Kind::MetadataUpdated,
        _ => return None,
    };
    let source = attributes.source.strip_prefix("//storage.googleapis.com/projects/")?;
    let (_, bucket) = source.split_once("/buckets/")?;
    let plain = |text: &str| !text.chars().any(char::is_control);
    let believable = attributes.specversion == "1.0"
        && bucket == object.bucket
        && is_bucket(bucket)
        && (1..=1024).contains(&object.name.len())
        && plain(&object.name)
        && object.content_type.as_deref().is_none_or(|it| it.len() <= 256 && plain(it));
    let generation: i64 = object.generation.parse().ok()?;
    let size = object.size.map_or(Ok(0), |it| it.parse()).ok()?;
    (believable && generation > 0).then_some(StorageEvent {
        kind,
        bucket: object.bucket,
        object: object.name,
        generation,
        size,
        content_type: object.content_type,
    })
}

/// The letters and lengths that names of buckets have.
fn is_bucket(name: &str) -> bool {
    let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"-_.".contains(&it);
    (3..=222).contains(&name.len()) && name.bytes().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &str = r#"{"kind":"storage#object","bucket":"orchard-input","name":"2026/März.csv",
        "generation":"1772438400000001","metageneration":"1","size":"1024","contentType":"text/csv"}"#;

    const HEADERS: [(&str, &str); 6] = [
        ("content-type", "application/json"),
        ("ce-specversion", "1.0"),
        ("ce-id", "1234"),
        ("ce-type", "google.cloud.storage.object.v1.finalized"),
        ("ce-source", "//storage.googleapis.com/projects/_/buckets/orchard-input"),
        ("ce-subject", "objects/2026/M%C3%A4rz.csv"),
    ];

    fn event() -> StorageEvent {
        StorageEvent {
            kind: Kind::Finalized,
            bucket: "orchard-input".to_owned(),
            object: "2026/März.csv".to_owned(),
            generation: 1_772_438_400_000_001,
            size: 1024,
            content_type: Some("text/csv".to_owned()),
        }
    }

    fn binary(headers: &[(&'static str, &str)], body: &str) -> Result<StorageEvent, NotAnEvent> {
        let headers = headers.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap()));
        StorageEvent::read(&headers.collect(), body.as_bytes())
    }

    fn structured(more: &str) -> Result<StorageEvent, NotAnEvent> {
        let [_, (_, version), (_, id), (_, kind), (_, source), _] = HEADERS;
        let body = format!(
            r#"{{"specversion":"{version}","id":"{id}","type":"{kind}","source":"{source}",{more}}}"#
        );
        binary(&[("content-type", "application/cloudevents+json; charset=utf-8")], &body)
    }

    #[test]
    fn an_event_is_read_in_both_modes() {
        assert_eq!(binary(&HEADERS, OBJECT), Ok(event()));
        assert_eq!(structured(&format!("\"data\":{OBJECT}")), Ok(event()));
        assert_eq!(structured(&format!("\"data_base64\":\"{}\"", STANDARD.encode(OBJECT))), Ok(event()));
        let bare = OBJECT.replace(r#","size":"1024","contentType":"text/csv""#, "");
        assert_eq!(binary(&HEADERS, &bare), Ok(StorageEvent { size: 0, content_type: None, ..event() }));
    }

    #[test]
    fn every_kind_has_its_name() {
        for (name, kind) in [
            ("finalized", Ok(Kind::Finalized)),
            ("deleted", Ok(Kind::Deleted)),
            ("archived", Ok(Kind::Archived)),
            ("metadataUpdated", Ok(Kind::MetadataUpdated)),
            ("renamed", Err(NotAnEvent)),
        ] {
            let written = format!("google.cloud.storage.object.v1.{name}");
            let mut headers = HEADERS;
            headers[3].1 = &written;
            assert_eq!(binary(&headers, OBJECT).map(|it| it.kind), kind, "{name}");
        }
    }

    #[test]
    fn what_is_no_event_or_cannot_be_believed_is_refused() {
        for missing in ["ce-specversion", "ce-type", "ce-source"] {
            let headers: Vec<_> = HEADERS.into_iter().filter(|(name, _)| *name != missing).collect();
            assert_eq!(binary(&headers, OBJECT), Err(NotAnEvent), "without {missing}");
        }
        for (place, other) in [
            (1, "0.3"),
            (3, "google.cloud.pubsub.topic.v1.messagePublished"),
            (4, "//storage.googleapis.com/projects/_/buckets/another"),
            (4, "//lumen-orchard.example/projects/_/buckets/orchard-input"),
        ] {
            let mut headers = HEADERS;
            headers[place].1 = other;
            assert_eq!(binary(&headers, OBJECT), Err(NotAnEvent), "{other}");
        }
        let long = "n".repeat(1025);
        for (part, other) in [
            ("\"1772438400000001\"", "\"-1\""),
            ("\"1772438400000001\"", "\"many\""),
            ("\"1024\"", "\"-1\""),
            ("2026/März.csv", ""),
            ("2026/März.csv", long.as_str()),
            ("2026/März.csv", "a\\u0000b"),
            ("text/csv", "text/csv\\r\\nx"),
            ("orchard-input", "Orchard/input"),
            ("}", ""),
        ] {
            assert_eq!(binary(&HEADERS, &OBJECT.replace(part, other)), Err(NotAnEvent), "{part} as {other}");
        }
        assert_eq!(structured("\"data\":null"), Err(NotAnEvent));
        assert_eq!(structured(&format!("\"data\":{OBJECT},\"data_base64\":\"\"")), Err(NotAnEvent));
        assert_eq!(binary(&HEADERS, &format!("{OBJECT}{}", " ".repeat(LIMIT))), Err(NotAnEvent));
    }
}
