//! The source: fetch with its credential, and say what may be said of an answer that is no success.

mod answer;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::WWW_AUTHENTICATE;
use http::{HeaderMap, Request, Response, StatusCode};
use vizard_pseudonym::Pseudonymizer;
use vizard_sanitizer::Outbound;

use answer::Answer;

use crate::audit::Audit;
use crate::credentials::{Authorization, Credentials, User};
use crate::error::{Problem, SourceAnswer};
use crate::off_reactor::Cores;
use crate::ports::{Clock, Upstream, UpstreamError};
use crate::respond;
use crate::upstream::{redirect, request};

/// Where requests go, and in whose name.
pub(crate) struct Source {
    pub(crate) upstream: Arc<dyn Upstream>,
    pub(crate) credentials: Credentials,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keys: Arc<Pseudonymizer>,
    pub(crate) base: request::Base,
    pub(crate) user_agent: String,
    pub(crate) follow_redirects: bool,
    /// The limit for the exchange, as told to the caller.
    pub(crate) seconds: u64,
    pub(crate) response_limit: usize,
    pub(crate) cores: Cores,
    /// The connector's constant texts for the source's error codes.
    pub(crate) texts: BTreeMap<u32, String>,
}

impl Source {
    /// Sends a request, perhaps for a user, and returns the source's answer, whatever it is.
    pub(crate) async fn fetch(
        &self,
        outbound: Outbound,
        user: Option<&User>,
        deadline: Instant,
        audit: &mut Audit,
    ) -> Result<Response<Bytes>, Problem> {
        let request = request::build(&self.base, outbound, &self.user_agent)?;
        let began = self.clock.instant();
        let response = self.exchange(request, user, deadline).await;
        audit.upstream = self.clock.instant().saturating_duration_since(began);
        audit.source_status = response.as_ref().ok().map(|it| it.status().as_u16());
        response
    }

    /// The one retry there is: after a 401, with a credential that is really another.
    async fn exchange(
        &self,
        request: Request<Bytes>,
        user: Option<&User>,
        deadline: Instant,
    ) -> Result<Response<Bytes>, Problem> {
        let first = self.credentials.acting_for(user, deadline, None).await.map_err(Problem::Credential)?;
        let response = self.send(&request, &first, deadline).await?;
        if response.status() != StatusCode::UNAUTHORIZED || !token_is_at_fault(response.headers()) {
            return Ok(response);
        }
        match self.credentials.acting_for(user, deadline, first.token_id()).await {
            Ok(second) if second.token_id() != first.token_id() => {
                self.send(&request, &second, deadline).await
            }
            _ => Ok(response),
        }
    }

    async fn send(
        &self,
        request: &Request<Bytes>,
        authorization: &Authorization,
        deadline: Instant,
    ) -> Result<Response<Bytes>, Problem> {
        let mut request = request.clone();
        authorization.apply(request.headers_mut());
        redirect::send(&*self.upstream, request, self.follow_redirects, deadline)
            .await
            .map_err(|error| self.problem(error))
    }

    /// A success that can be sanitized; else the problem to report, with nothing of the body but
    /// the source's numeric code.
    pub(crate) async fn success(&self, response: Response<Bytes>) -> Result<Answer, Problem> {
        if response.status().is_success() {
            return Answer::read(response, self.response_limit, &self.cores).await.map_err(
                |error| match error {
                    answer::ReadError::Charset => Problem::Charset,
                    answer::ReadError::Upstream(error) => self.problem(error),
                },
            );
        }
        let code = answer::error_code(response.body());
        Err(Problem::Source(Box::new(SourceAnswer {
            status: response.status(),
            code,
            text: code.and_then(|code| self.texts.get(&code).cloned()),
            passed: respond::passed(response.headers(), &self.keys),
        })))
    }

    fn problem(&self, error: UpstreamError) -> Problem {
        Problem::Upstream(error, self.seconds)
    }
}

/// Whether a fresh token may help: not when the source says that it is something else.
fn token_is_at_fault(headers: &HeaderMap) -> bool {
    let mut challenges =
        headers.get_all(WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok()).peekable();
    challenges.peek().is_none() || challenges.any(|it| !it.contains("Bearer") || it.contains("invalid_token"))
}
