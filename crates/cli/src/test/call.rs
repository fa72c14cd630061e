//! A call that reaches an endpoint: made up from the rules, or taken from an example.

use bytes::Bytes;
use http::Request;
use http::header::{ACCEPT_ENCODING, CONTENT_TYPE};
use vizard_pseudonym::Kind;
use vizard_review::canary::plant::{Canaries, Planted, Shape};
use vizard_sanitizer::{Call, SampleCall};

use super::canaries::Subject;

/// A call that reaches an endpoint.
#[derive(Clone)]
pub(super) struct Reaching {
    method: String,
    path: String,
    query: Option<String>,
    body: &'static str,
}

impl Reaching {
    fn of(method: &str, path: &str, query: Option<&str>) -> Reaching {
        let (method, path, query) = (method.to_owned(), path.to_owned(), query.map(str::to_owned));
        Reaching { method, path, query, body: "" }
    }

    /// Whether the endpoint answers it, and it can be sent on.
    fn reaches(&self, endpoint: usize, subject: &Subject<'_>) -> bool {
        let call = Call {
            method: &self.method,
            path: &self.path,
            query: self.query.as_deref(),
            content_type: (!self.body.is_empty()).then_some("application/json"),
            headers: &[],
            body: self.body.as_bytes(),
        };
        let admitted = subject.rules.admit(&call);
        admitted.is_ok_and(|it| it.index() == endpoint && it.outbound(subject.keys).is_ok())
    }

    pub(super) fn request(&self, takes_gzip: bool) -> Option<Request<Bytes>> {
        let target = match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        };
        let mut request = Request::builder().method(self.method.as_str()).uri(target);
        if takes_gzip {
            request = request.header(ACCEPT_ENCODING, "gzip");
        }
        if !self.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        request.body(Bytes::from_static(self.body.as_bytes())).ok()
    }
}

/// The first made-up call that gets through, or that of an example. Where a token is asked for, it stands for a canary.
pub(super) fn reaching(subject: &Subject<'_>, endpoint: usize, canaries: &mut Canaries) -> Option<Reaching> {
    let original = canaries.text(Shape::Id, endpoint, Planted::Elsewhere("the token of a call"));
    let token = subject.keys.token(&original, Kind::Reversible).ok()?;
    let samples = subject.rules.sample_calls();
    let own = samples.iter().filter(|it| it.endpoint == endpoint);
    let mut candidates = Vec::new();
    for SampleCall { method, path, query, .. } in own {
        candidates.push(Reaching::of(method, &with_token(path, &token), query.as_deref()));
        candidates.push(Reaching::of(method, path, query.as_deref()));
    }
    for example in subject.examples {
        let (path, query) =
            example.url.split_once('?').map_or((&*example.url, None), |(it, query)| (it, Some(query)));
        candidates.push(Reaching::of(&example.method, path, query));
    }
    // A call that reads is preferred.
    candidates.sort_by_key(|call| call.method != "GET");
    let with_body = |call: &Reaching| Reaching { body: "{}", ..call.clone() };
    let bodies: Vec<Reaching> = candidates.iter().filter(|it| it.method != "GET").map(with_body).collect();
    candidates.into_iter().chain(bodies).find(|call| call.reaches(endpoint, subject))
}

/// A made-up token in a path, replaced by one that can be turned back.
fn with_token(path: &str, token: &str) -> String {
    let segment = |segment: &str| {
        let is_token = segment.starts_with("p~") || segment.starts_with("p%7E");
        if is_token { token.to_owned() } else { segment.to_owned() }
    };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}
