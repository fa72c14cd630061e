//! Objects, put: in one call of several parts, or in an upload that can be taken up again.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::super::status::{Code, Refusal};
use super::super::{Whole, answered, checksum};
use super::Call;

/// An upload that has begun.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    key: String,
    wanted: Value,
    received: Vec<u8>,
    /// What it became, for those who ask again.
    finished: Option<Value>,
}

impl Begun {
    pub(super) fn is_finished(&self) -> bool {
        self.finished.is_some()
    }
}

impl Call<'_> {
    /// `uploadType=multipart`: the resource, the content, and perhaps checksums that were not known before.
    pub(super) fn insert(&mut self) -> Result<Response<Whole>, Refusal> {
        let boundary =
            self.header("content-type").split_once("boundary=").map(|(_, it)| it.trim_matches('"'));
        let related = self.header("content-type").starts_with("multipart/related");
        let parts = boundary.filter(|_| related).and_then(|it| parts(self.request.body(), it));
        let Some([resource, content, rest @ ..]) = parts.as_deref() else {
            return Err(invalid("Bad multipart body."));
        };
        let read =
            |part: &Part| serde_json::from_slice::<Value>(&part.body).map_err(|_| invalid("Parse Error"));
        let mut wanted = read(resource)?;
        if let Some(checksums) = rest.first() {
            for (name, value) in read(checksums)?.as_object().into_iter().flatten() {
                wanted[name] = value.clone();
            }
        }
        if wanted["contentType"].is_null() {
            wanted["contentType"] = content.media_type.as_str().into();
        }
        self.admit()?;
        self.keep(content.body.clone(), &wanted)
    }

    /// Whether this caller may put this object.
    fn admit(&self) -> Result<(), Refusal> {
        if self.key.is_empty() || self.key.len() > 1024 {
            return Err(invalid("The name of the object is not valid."));
        }
        self.check("storage.objects.create")?;
        if self.found().is_some() {
            self.check("storage.objects.delete")?; // what is there would go
        }
        self.check_generation()
    }

    fn keep(&mut self, body: Bytes, wanted: &Value) -> Result<Response<Whole>, Refusal> {
        let sum = checksum::base64_of(checksum::crc32c(&body));
        let header = self.header("x-goog-hash").split(',').find_map(|it| it.trim().strip_prefix("crc32c="));
        for given in [wanted["crc32c"].as_str(), header].into_iter().flatten() {
            if given != sum {
                return Err(invalid(&format!(
                    "Provided CRC32C \"{given}\" doesn't match calculated CRC32C \"{sum}\"."
                )));
            }
        }
        let metadata = wanted["metadata"].as_object().into_iter().flatten();
        let size: usize =
            metadata.map(|(name, value)| name.len() + value.as_str().unwrap_or_default().len()).sum();
        if size > 8 * 1024 {
            return Err(invalid("Object metadata entries exceed the limit of 8 KiB."));
        }
        let (bucket, key) = (self.bucket.clone(), self.key.clone());
        let stored = self.kept.store(&bucket, &key, body, wanted).clone();
        Ok(self.shown(&stored))
    }

    /// `uploadType=resumable`: where to send the content.
    pub(super) fn start(&mut self) -> Result<Response<Whole>, Refusal> {
        let wanted = match self.request.body() {
            body if body.is_empty() => json!({}),
            body => serde_json::from_slice(body).map_err(|_| invalid("Parse Error"))?,
        };
        self.admit()?;
        let id = format!("upload-{}", self.kept.uploads.len() + 1);
        let begun = Begun { key: self.key.clone(), wanted, received: Vec::new(), finished: None };
        self.kept.uploads.insert(id.clone(), begun);
        let mut answer = answered(200, "text/plain; charset=utf-8", Bytes::new());
        let place =
            format!("{}/upload/storage/v1/b/{}/o?uploadType=resumable&upload_id={id}", self.url, self.bucket);
        answer.headers_mut().insert("location", place.parse().unwrap());
        answer.headers_mut().insert("x-guploader-uploadid", id.parse().unwrap());
        Ok(answer)
    }

    /// A piece of the content, or the question how much of it there is.
    pub(super) fn go_on(&mut self) -> Result<Response<Whole>, Refusal> {
        let id = &self.query["upload_id"];
        let gone = || Refusal::new(Code::NotFound, "No such upload.");
        let mut begun = self.kept.uploads.get(id).cloned().ok_or_else(gone)?;
        self.key = begun.key.clone();
        if let Some(resource) = begun.finished {
            return Ok(answered(200, "application/json; charset=UTF-8", resource.to_string()));
        }
        let range = self.header("content-range").to_owned();
        let (place, total) =
            range.strip_prefix("bytes ").and_then(|it| it.split_once('/')).ok_or_else(bad_range)?;
        if let Some((from, _)) = place.split_once('-') {
            let from: usize = from.parse().map_err(|_| bad_range())?;
            // What came before is not taken twice, and nothing may be left out.
            let Some(fresh) = begun.received.len().checked_sub(from) else { return Err(bad_range()) };
            begun.received.extend_from_slice(self.request.body().get(fresh..).unwrap_or_default());
        }
        let length = begun.received.len();
        self.kept.uploads.insert(id.clone(), begun.clone());
        if total != length.to_string() {
            let mut answer = answered(308, "text/plain; charset=utf-8", Bytes::new());
            if length > 0 {
                answer.headers_mut().insert("range", format!("bytes=0-{}", length - 1).parse().unwrap());
            }
            return Ok(answer);
        }
        let id = id.clone();
        let answer = self.keep(begun.received.into(), &begun.wanted)?;
        let stored = self.found().unwrap().clone();
        let resource = self.resource(&self.key, &stored);
        self.kept.uploads.get_mut(&id).unwrap().finished = Some(resource);
        Ok(answer)
    }
}

fn invalid(message: &str) -> Refusal {
    Refusal::new(Code::InvalidArgument, message)
}

fn bad_range() -> Refusal {
    invalid("Failed to parse Content-Range header.")
}

struct Part {
    media_type: String,
    body: Bytes,
}

/// The parts of a body between lines that are `--boundary`.
fn parts(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    let line = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut at = position(body, line.as_bytes(), 0)? + line.len();
    while !body[at..].starts_with(b"--") {
        let next = position(body, format!("\r\n{line}").as_bytes(), at)?;
        let head = at + 2; // behind the end of the line
        let content = position(body, b"\r\n\r\n", head).filter(|it| *it < next)?;
        let head = std::str::from_utf8(&body[head..content]).ok()?;
        let named = head.lines().filter_map(|it| it.split_once(':'));
        let mut types = named.filter(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let media_type = types.next().map_or_else(String::new, |(_, it)| it.trim().to_owned());
        parts.push(Part { media_type, body: body.slice(content + 4..next) });
        at = next + 2 + line.len();
    }
    Some(parts)
}

fn position(bytes: &[u8], sought: &[u8], from: usize) -> Option<usize> {
    bytes[from..].windows(sought.len()).position(|it| it == sought).map(|it| it + from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_falls_into_its_parts() {
        let body = Bytes::from_static(
            b"--b1\r\nContent-Type: application/json\r\n\r\n{}\r\n--b1\r\nContent-Disposition: x\r\n\r\n\
              one\r\n\r\ntwo\r\n--b1--\r\n",
        );
        let parts = parts(&body, "b1").unwrap();
        assert_eq!(parts.iter().map(|it| &it.body[..]).collect::<Vec<_>>(), [&b"{}"[..], b"one\r\n\r\ntwo"]);
        assert_eq!(parts[0].media_type, "application/json");
        assert!(super::parts(&body, "b2").is_none());
    }
}
