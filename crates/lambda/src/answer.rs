//! An answer as the platform wants it: text as it is, gzip as base64, every value of every header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Response;
use http::header::CONTENT_ENCODING;
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::event::Shape;
use crate::refuse::Refused;

/// An answer in the format of its event.
pub(crate) struct Answer {
    shape: Shape,
    status: u16,
    headers: http::HeaderMap,
    body: Body,
}

enum Body {
    Text(Bytes),
    Base64(String),
}

impl Answer {
    /// Writes a response for an event of this shape; one that the platform would not take becomes one that says so.
    pub(crate) fn of(response: Response<Bytes>, shape: Shape, request_id: &str) -> Answer {
        let answer = Answer::written(response, shape);
        if answer.size() <= LIMIT {
            answer
        } else {
            Answer::written(Refused::TooLarge.response(request_id), shape)
        }
    }

    fn written(response: Response<Bytes>, shape: Shape) -> Answer {
        let (head, body) = response.into_parts();
        let plain = !head.headers.contains_key(CONTENT_ENCODING) && std::str::from_utf8(&body).is_ok();
        let body = if plain { Body::Text(body) } else { Body::Base64(STANDARD.encode(&body)) };
        Answer { shape, status: head.status.as_u16(), headers: head.headers, body }
    }

    /// How much of the platform's limit the body takes: as JSON, with its quotes and backslashes escaped.
    fn size(&self) -> usize {
        match &self.body {
            Body::Base64(text) => text.len(),
            Body::Text(body) if body.len() > LIMIT => body.len(),
            Body::Text(body) if body.len() <= LIMIT / 6 => body.len(),
            Body::Text(body) => {
                let escaped = |byte: u8| match byte {
                    b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 2,
                    0..=0x1f => 6,
                    _ => 1,
                };
                body.iter().map(|&byte| escaped(byte)).sum()
            }
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("statusCode", &self.status)?;
        match self.shape {
            Shape::V1 => map.serialize_entry("multiValueHeaders", &Several(&self.headers))?,
            Shape::V2 => map.serialize_entry("headers", &Joined(&self.headers))?,
        }
        let (text, base64) = match &self.body {
            Body::Base64(text) => (text.as_str(), true),
            Body::Text(body) => (std::str::from_utf8(body).unwrap_or_default(), false), // looked at before
        };
        map.serialize_entry("body", text)?;
        map.serialize_entry("isBase64Encoded", &base64)?;
        map.end()
    }
}

/// All values of a name as a list.
struct Several<'h>(&'h http::HeaderMap);

impl Serialize for Several<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.keys().map(|name| (name.as_str(), values(self.0, name))))
    }
}

/// All values of a name in one, with commas between them: this format has no other way.
struct Joined<'h>(&'h http::HeaderMap);

impl Serialize for Joined<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.keys().map(|name| (name.as_str(), values(self.0, name).join(", "))))
    }
}

/// The proxy's headers are ASCII.
fn values<'h>(headers: &'h http::HeaderMap, name: &http::HeaderName) -> Vec<&'h str> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({})", self.status)
    }
}

/// Six megabytes is what the platform takes; the rest is for headers.
const LIMIT: usize = 6 * 1024 * 1024 - 64 * 1024;

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::{Value, json};

    use super::*;

    fn written(response: Response<Bytes>, shape: Shape) -> Value {
        serde_json::to_value(Answer::of(response, shape, "an-id")).unwrap()
    }

    #[test]
    fn both_formats_carry_all_values_of_a_header() {
        let response = || {
            let mut response = Response::new(Bytes::from("{\"a\":\"é\"}"));
            let headers = response.headers_mut();
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            headers.append("x-psoxy-warning", HeaderValue::from_static("one"));
            headers.append("x-psoxy-warning", HeaderValue::from_static("two=2"));
            response
        };
        let v1 = json!({
            "statusCode": 200,
            "multiValueHeaders": {"content-type": ["application/json"], "x-psoxy-warning": ["one", "two=2"]},
            "body": "{\"a\":\"é\"}",
            "isBase64Encoded": false,
        });
        let v2 = json!({
            "statusCode": 200,
            "headers": {"content-type": "application/json", "x-psoxy-warning": "one, two=2"},
            "body": "{\"a\":\"é\"}",
            "isBase64Encoded": false,
        });
        assert_eq!(written(response(), Shape::V1), v1);
        assert_eq!(written(response(), Shape::V2), v2);
    }

    #[test]
    fn what_is_compressed_or_no_text_is_base64() {
        let mut gzip = Response::new(Bytes::from("abc"));
        gzip.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        for response in [gzip, Response::new(Bytes::from(&b"\xff\xfe"[..]))] {
            let expected = STANDARD.encode(response.body());
            let answer = written(response, Shape::V2);
            assert_eq!((&answer["body"], &answer["isBase64Encoded"]), (&json!(expected), &json!(true)));
        }
    }

    #[test]
    fn what_the_platform_would_not_take_is_told() {
        let largest = LIMIT - 2;
        for (body, taken) in [
            (vec![b'a'; largest], true),
            (vec![b'a'; LIMIT + 1], false),
            (vec![b'"'; LIMIT / 2], true),
            (vec![b'"'; LIMIT / 2 + 1], false),
            (vec![0xff; LIMIT / 4 * 3], true),
            (vec![0xff; LIMIT / 4 * 3 + 3], false),
        ] {
            let answer = written(Response::new(Bytes::from(body)), Shape::V1);
            assert_eq!(answer["statusCode"], if taken { 200 } else { 502 });
            assert_eq!(answer["body"].as_str().unwrap().contains("answer-too-large"), !taken);
        }
    }
}
