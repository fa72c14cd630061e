//! Google on a bad day: calls are counted and remembered, and fail as planned.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::status::{Code, Refusal};
use super::{Answered, Whole};
use crate::wire;

/// What happens instead of an answer, or to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An error with this code, in the form of the API.
    Error(Code),
    /// Anything else, as HTTP.
    Answer(u16, String),
    /// No answer ever.
    Hang,
    /// An answer, later.
    Slow(Duration),
    /// An answer at once, which is long on its way.
    Late(Duration),
    /// The connection is closed before Google saw the call.
    Cut,
    /// Google did what it was asked to, and the connection is closed before the answer.
    CutAfter,
    /// So much of the body arrives, and Google is unavailable then.
    Half(usize),
    /// Google did what it was asked to, and it cannot tell so.
    ErrorAfter(Code),
    /// An answer whose checksum is another one.
    WrongChecksum,
    /// An answer that breaks off after so many bytes of its body.
    Short(usize),
}

/// A call that came in.
#[derive(Debug, Clone)]
pub struct Seen {
    /// `SecretManager.AccessSecretVersion`, `Storage.GetMedia`, `PubSub.Publish`, `Metadata.Token` and the like.
    pub kind: String,
    /// The call.
    pub request: Request<Bytes>,
}

/// What was called, and what will go wrong.
#[derive(Debug, Default)]
pub(super) struct Faults {
    seen: Mutex<Vec<Seen>>,
    planned: Mutex<BTreeMap<String, VecDeque<(Fault, u32)>>>,
}

impl Faults {
    pub(super) fn plan(&self, kind: &str, times: u32, fault: Fault) {
        if times == 0 {
            return;
        }
        self.planned.lock().unwrap().entry(kind.to_owned()).or_default().push_back((fault, times));
    }

    pub(super) fn clear(&self) {
        self.planned.lock().unwrap().clear();
    }

    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(super) fn forget(&self) {
        self.seen.lock().unwrap().clear();
    }

    pub(super) fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for seen in self.seen.lock().unwrap().iter() {
            *counts.entry(seen.kind.clone()).or_default() += 1;
        }
        counts
    }

    /// Remembers a call and answers it, unless something else is planned. An error is how a connection is closed
    /// without an answer.
    pub(super) async fn answer(
        &self,
        kind: &str,
        request: Request<Bytes>,
        answer: impl FnOnce(Request<Bytes>) -> Response<Whole>,
    ) -> Answered {
        self.seen.lock().unwrap().push(Seen { kind: kind.to_owned(), request: request.clone() });
        let fault = self.next(kind);
        let error = |code| Refusal::new(code, "as the test wants it").response(kind);
        match fault {
            None => Ok(answer(request)),
            Some(Fault::Error(code)) => Ok(error(code)),
            Some(Fault::Answer(status, body)) => Ok(super::answered(status, "application/json", body)),
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Slow(pause)) => {
                tokio::time::sleep(pause).await;
                Ok(answer(request))
            }
            Some(Fault::Late(pause)) => {
                let answer = answer(request);
                tokio::time::sleep(pause).await;
                Ok(answer)
            }
            Some(Fault::Cut) => Err("cut"),
            Some(Fault::CutAfter) => {
                answer(request);
                Err("cut after the deed")
            }
            Some(Fault::Half(length)) => {
                answer(request.map(|body| body.slice(..length)));
                Ok(error(Code::Unavailable))
            }
            Some(Fault::ErrorAfter(code)) => {
                answer(request);
                Ok(error(code))
            }
            Some(Fault::WrongChecksum) => Ok(spoilt(answer(request)).await),
            Some(Fault::Short(length)) => {
                Ok(wire::shortened(answer(request), length).await.map(|body| super::whole(body, None)))
            }
        }
    }

    fn next(&self, kind: &str) -> Option<Fault> {
        let mut planned = self.planned.lock().unwrap();
        let queue = planned.get_mut(kind)?;
        let (fault, left) = queue.front_mut()?;
        let fault = fault.clone();
        if *left != u32::MAX {
            *left -= 1;
        }
        if *left == 0 {
            queue.pop_front();
        }
        Some(fault)
    }
}

/// The same answer with the checksum of something else, wherever it has one.
async fn spoilt(answer: Response<Whole>) -> Response<Whole> {
    let (mut head, body) = answer.into_parts();
    let mut body = body.collect().await.unwrap().to_bytes();
    if head.headers.contains_key("x-goog-hash") {
        head.headers.insert("x-goog-hash", "crc32c=AAAAAQ==".parse().unwrap());
    } else if let Ok(mut document) = serde_json::from_slice::<Value>(&body) {
        if let Some(checksum) = document.pointer_mut("/payload/dataCrc32c") {
            *checksum = "1".into();
        }
        if let Some(checksum) = document.get_mut("crc32c") {
            *checksum = "AAAAAQ==".into();
        }
        body = document.to_string().into();
    }
    Response::from_parts(head, super::whole(body, None))
}
