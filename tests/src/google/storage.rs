//! Cloud Storage: its JSON API, version 1.

mod answers;
mod upload;

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Mutex;
use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::status::{Code, Refusal};
use super::{Google, May, Whole, answered, checksum, uri};

/// An object, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The bytes, as they were sent.
    pub body: Bytes,
    /// `contentType`.
    pub content_type: String,
    /// `contentEncoding`, or "".
    pub content_encoding: String,
    /// Custom metadata.
    pub metadata: BTreeMap<String, String>,
    /// Another one for each time it was written.
    pub generation: u64,
    made: SystemTime,
}

impl Stored {
    /// What is in it, decompressed, as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.unpacked().to_vec()).unwrap()
    }

    /// What is in it as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text()).unwrap()
    }

    fn unpacked(&self) -> Bytes {
        if self.content_encoding != "gzip" {
            return self.body.clone();
        }
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&self.body[..]).read_to_end(&mut unpacked).unwrap();
        unpacked.into()
    }

    fn checksum(&self) -> String {
        checksum::base64_of(checksum::crc32c(&self.body))
    }
}

/// What an operator does, without the API.
impl Google {
    /// The name of a bucket, as roles are granted on it.
    pub fn bucket_name(bucket: &str) -> String {
        format!("projects/_/buckets/{bucket}")
    }

    /// Makes a bucket.
    pub fn create_bucket(&self, bucket: &str) {
        self.parts.objects.kept.lock().unwrap().buckets.entry(bucket.to_owned()).or_default();
    }

    /// Puts an object in.
    pub fn put_object(&self, bucket: &str, key: &str, body: impl Into<Bytes>) {
        let wanted = json!({"contentType": "application/octet-stream"});
        self.parts.objects.kept.lock().unwrap().store(bucket, key, body.into(), &wanted);
    }

    /// Puts an object in with its type, its encoding and custom metadata.
    pub fn put_object_as(&self, bucket: &str, key: &str, body: impl Into<Bytes>, resource: &Value) {
        self.parts.objects.kept.lock().unwrap().store(bucket, key, body.into(), resource);
    }

    /// How many uploads were begun in pieces and not finished.
    pub fn unfinished_uploads(&self) -> usize {
        self.parts.objects.kept.lock().unwrap().uploads.values().filter(|it| !it.is_finished()).count()
    }

    /// An object.
    pub fn object(&self, bucket: &str, key: &str) -> Option<Stored> {
        self.parts.objects.kept.lock().unwrap().buckets.get(bucket)?.get(key).cloned()
    }

    /// The names of all objects of a bucket.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let kept = self.parts.objects.kept.lock().unwrap();
        kept.buckets.get(bucket).into_iter().flat_map(|it| it.keys().cloned()).collect()
    }
}

/// What a call is, if it is one of Cloud Storage.
pub(super) fn kind(method: &Method, request: &Request<Bytes>) -> Option<&'static str> {
    let (path, query) = (request.uri().path(), uri::pairs(request.uri().query().unwrap_or_default()));
    let is = |name: &str, value: &str| query.get(name).is_some_and(|it| it == value);
    if path.starts_with("/upload/storage/v1/b/") {
        return match method.as_str() {
            "POST" if is("uploadType", "multipart") => Some("Storage.InsertObject"),
            "POST" if is("uploadType", "resumable") => Some("Storage.StartUpload"),
            "PUT" if query.contains_key("upload_id") => Some("Storage.ContinueUpload"),
            _ => None,
        };
    }
    let (_, object) = path.strip_prefix("/storage/v1/b/")?.split_once("/o")?;
    match (method.as_str(), object.is_empty()) {
        ("GET", true) => Some("Storage.ListObjects"),
        ("GET", false) if is("alt", "media") => Some("Storage.GetMedia"),
        ("GET", false) => Some("Storage.GetObject"),
        ("DELETE", false) => Some("Storage.DeleteObject"),
        _ => None,
    }
}

/// The buckets of the project.
#[derive(Debug)]
pub(super) struct Objects {
    url: String,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    buckets: BTreeMap<String, BTreeMap<String, Stored>>,
    uploads: BTreeMap<String, upload::Begun>,
    generations: u64,
}

impl Kept {
    fn store(&mut self, bucket: &str, key: &str, body: Bytes, wanted: &Value) -> &Stored {
        self.generations += 1;
        let text = |name: &str| wanted[name].as_str().unwrap_or_default().to_owned();
        let custom = wanted["metadata"].as_object().into_iter().flatten();
        let metadata = custom.map(|(name, value)| (name.clone(), value.as_str().unwrap_or("?").to_owned()));
        let stored = Stored {
            body,
            content_type: text("contentType"),
            content_encoding: text("contentEncoding"),
            metadata: metadata.collect(),
            generation: 1_772_323_200_000_000 + self.generations,
            made: SystemTime::now(),
        };
        let objects = self.buckets.get_mut(bucket).expect("the bucket is there");
        objects.insert(key.to_owned(), stored);
        &objects[key]
    }
}

impl Objects {
    pub(super) fn at(url: &str) -> Objects {
        Objects { url: url.to_owned(), kept: Mutex::default() }
    }

    pub(super) fn answer(
        &self,
        kind: &str,
        request: &Request<Bytes>,
        may: May<'_>,
    ) -> Result<Response<Whole>, Refusal> {
        let path = request.uri().path().trim_start_matches("/upload").trim_start_matches("/storage/v1/b/");
        let (bucket, rest) = path.split_once("/o").unwrap_or((path, ""));
        let query = uri::pairs(request.uri().query().unwrap_or_default());
        let named = rest.strip_prefix('/').map(uri::decoded);
        let mut call = Call {
            url: &self.url,
            kept: &mut self.kept.lock().unwrap(),
            bucket: uri::decoded(bucket),
            key: named.or_else(|| query.get("name").cloned()).unwrap_or_default(),
            request,
            query,
            may,
        };
        if !call.kept.buckets.contains_key(&call.bucket) {
            return Err(Refusal::new(Code::NotFound, "The specified bucket does not exist."));
        }
        match kind {
            "Storage.InsertObject" => call.insert(),
            "Storage.StartUpload" => call.start(),
            "Storage.ContinueUpload" => call.go_on(),
            "Storage.GetMedia" => call.media(),
            "Storage.GetObject" => call.resource_alone(),
            "Storage.DeleteObject" => call.delete(),
            _ => call.list(),
        }
    }
}

/// A call that is being answered.
struct Call<'a> {
    url: &'a str,
    kept: &'a mut Kept,
    bucket: String,
    key: String,
    request: &'a Request<Bytes>,
    query: BTreeMap<String, String>,
    may: May<'a>,
}

impl Call<'_> {
    fn check(&self, permission: &str) -> Result<(), Refusal> {
        if (self.may)(permission, &Google::bucket_name(&self.bucket), true) {
            return Ok(());
        }
        let message = format!(
            "{} does not have {permission} access to the Google Cloud Storage object. Permission '{permission}' \
             denied on resource (or it may not exist).",
            super::ACCOUNT
        );
        Err(Refusal::new(Code::PermissionDenied, message))
    }

    fn header(&self, name: &str) -> &str {
        self.request.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    fn found(&self) -> Option<&Stored> {
        self.kept.buckets[&self.bucket].get(&self.key)
    }

    /// `ifGenerationMatch`, of which 0 means that there must be none.
    fn check_generation(&self) -> Result<(), Refusal> {
        let Some(wanted) = self.query.get("ifGenerationMatch") else { return Ok(()) };
        let there = self.found().map_or(0, |it| it.generation);
        if *wanted == there.to_string() {
            return Ok(());
        }
        let message = "At least one of the pre-conditions you specified did not hold.";
        Err(Refusal::new(Code::FailedPrecondition, message))
    }

    fn delete(&mut self) -> Result<Response<Whole>, Refusal> {
        self.check("storage.objects.delete")?;
        self.object()?;
        self.check_generation()?;
        self.kept.buckets.get_mut(&self.bucket).unwrap().remove(&self.key);
        let mut answer = answered(204, "text/html; charset=UTF-8", Bytes::new());
        answer.headers_mut().remove("content-type");
        Ok(answer)
    }
}
