//! Objects, looked at: their resource, their content, lists of them.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::super::status::{Code, Refusal};
use super::super::{Whole, answered, time, uri};
use super::{Call, Stored};

impl Call<'_> {
    /// The object that is meant.
    pub(super) fn object(&self) -> Result<&Stored, Refusal> {
        let absent = || format!("No such object: {}/{}", self.bucket, self.key);
        self.found().ok_or_else(|| Refusal::new(Code::NotFound, absent()))
    }

    /// What there is to say of it.
    pub(super) fn resource_alone(&self) -> Result<Response<Whole>, Refusal> {
        self.check("storage.objects.get")?;
        self.object()?;
        self.check_generation()?;
        self.object().map(|it| self.shown(it))
    }

    pub(super) fn shown(&self, stored: &Stored) -> Response<Whole> {
        let resource = self.resource(&self.key, stored);
        answered(200, "application/json; charset=UTF-8", resource.to_string())
    }

    pub(super) fn resource(&self, key: &str, stored: &Stored) -> Value {
        let (made, generation) = (time::rfc3339(stored.made), stored.generation.to_string());
        let place = format!("{}/storage/v1/b/{}/o/{}", self.url, self.bucket, uri::encoded(key));
        let mut resource = json!({
            "kind": "storage#object",
            "id": format!("{}/{key}/{generation}", self.bucket),
            "selfLink": place,
            "name": key,
            "bucket": self.bucket,
            "generation": generation,
            "metageneration": "1",
            "contentType": stored.content_type,
            "storageClass": "STANDARD",
            "size": stored.body.len().to_string(),
            "crc32c": stored.checksum(),
            "etag": etag(stored),
            "timeCreated": made,
            "updated": made,
            "timeStorageClassUpdated": made,
            "timeFinalized": made,
        });
        if !stored.content_encoding.is_empty() {
            resource["contentEncoding"] = stored.content_encoding.as_str().into();
        }
        if !stored.metadata.is_empty() {
            resource["metadata"] = json!(stored.metadata);
        }
        resource
    }

    /// The content: as it is kept for those who take gzip, else decompressed on the way.
    pub(super) fn media(&self) -> Result<Response<Whole>, Refusal> {
        self.check("storage.objects.get")?;
        self.object()?;
        self.check_generation()?;
        let stored = self.object()?;
        // Of a bucket without versions there is the live one alone.
        if self.query.get("generation").is_some_and(|it| *it != stored.generation.to_string()) {
            return Err(Refusal::new(
                Code::NotFound,
                format!("No such object: {}/{}", self.bucket, self.key),
            ));
        }
        let unpacks = stored.content_encoding == "gzip" && !self.header("accept-encoding").contains("gzip");
        let (mut status, mut body) = (200, if unpacks { stored.unpacked() } else { stored.body.clone() });
        let range = self.header("range").strip_prefix("bytes=").and_then(|it| it.split_once('-'));
        let (from, to) = range.filter(|_| !unpacks).unwrap_or_default();
        let from: Option<usize> = from.parse().ok();
        if let Some(from) = from.filter(|from| *from > 0 || !to.is_empty()) {
            if from >= body.len() {
                return Ok(answered(416, "text/html; charset=UTF-8", "<html>no such range</html>"));
            }
            let end = to.parse::<usize>().map_or(body.len(), |to| body.len().min(to + 1)).max(from);
            (status, body) = (206, body.slice(from..end));
        }
        let sent = body.len();
        let mut answer = answered(status, &stored.content_type, body);
        let length = stored.body.len();
        if let Some(from) = from.filter(|_| answer.status() == StatusCode::PARTIAL_CONTENT) {
            let last = from + sent.saturating_sub(1);
            put(&mut answer, "content-range", &format!("bytes {from}-{last}/{length}"));
        }
        let encoding = if stored.content_encoding.is_empty() { "identity" } else { &stored.content_encoding };
        for (name, value) in [
            ("x-goog-generation", stored.generation.to_string()),
            ("x-goog-metageneration", "1".to_owned()),
            ("x-goog-hash", format!("crc32c={}", stored.checksum())),
            ("x-goog-storage-class", "STANDARD".to_owned()),
            ("x-goog-stored-content-encoding", encoding.to_owned()),
            ("x-goog-stored-content-length", length.to_string()),
            ("etag", etag(stored)),
        ] {
            put(&mut answer, name, &value);
        }
        if unpacks {
            put(&mut answer, "warning", "214 UploadServer gunzipped");
        } else if encoding == "gzip" {
            put(&mut answer, "content-encoding", "gzip");
        }
        for (name, value) in &stored.metadata {
            put(&mut answer, &format!("x-goog-meta-{}", name.to_lowercase()), value);
        }
        Ok(answer)
    }

    /// A thousand on a page.
    pub(super) fn list(&self) -> Result<Response<Whole>, Refusal> {
        self.check("storage.objects.list")?;
        let prefix = self.query.get("prefix").map(String::as_str).unwrap_or_default();
        let after = self.query.get("pageToken").map(String::as_str).unwrap_or_default();
        let objects = self.kept.buckets[&self.bucket].iter();
        let objects = objects.filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
        let all: Vec<_> = objects.take(PAGE + 1).collect();
        let page = &all[..all.len().min(PAGE)];
        let items: Vec<Value> = page.iter().map(|(key, stored)| self.resource(key, stored)).collect();
        let mut body = json!({"kind": "storage#objects"});
        if !items.is_empty() {
            body["items"] = items.into();
        }
        if let (Some((last, _)), true) = (page.last(), all.len() > PAGE) {
            body["nextPageToken"] = last.as_str().into();
        }
        Ok(answered(200, "application/json; charset=UTF-8", body.to_string()))
    }
}

const PAGE: usize = 1000;

fn etag(stored: &Stored) -> String {
    format!("C{}=", stored.generation)
}

fn put(answer: &mut Response<Whole>, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
    let value = HeaderValue::from_maybe_shared(Bytes::from(value.to_owned())).unwrap();
    answer.headers_mut().insert(name, value);
}
