//! The call as it goes to the source: reversible tokens turned back, each into one component of where it
//! stood, and still a call of the same endpoint.

use super::Match;
use super::body::{Body, TypedBody};
use super::matcher::{Matcher, Target};
use super::path::{Path, Segment};
use super::percent;
use super::query::Query;
use super::refusal::{Check, Refusal};
use crate::json::{self, Value};
use std::fmt;
use vizard_pseudonym::{Pseudonymizer, TokenError};

/// Identifiers of the usual kinds, to see whether a regex takes anything but tokens.
const PLAIN: [&str; 4] = ["1234567890", "abCD12xyABCDEFGHIJkwQg", "a@b.example", "abCD12xyABCDEFGHIJkwQg=="];

/// A call for the source. `Debug` prints no value: paths and bodies may hold identifiers in clear.
pub struct Outbound {
    /// In upper case.
    pub method: String,
    /// Percent-encoded, with its leading `/`.
    pub path: String,
    /// Percent-encoded, without `?`; `None` when there is none.
    pub query: Option<String>,
    /// Only headers that the rules list; names in lower case.
    pub headers: Vec<(String, String)>,
    /// As judged: compact JSON or a form.
    pub body: Option<Vec<u8>>,
    /// There whenever a body is.
    pub content_type: Option<String>,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Outbound")
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}

impl Match {
    /// Turns the tokens of an admitted call back. `matchers` are those that admitted it.
    pub(crate) fn outbound(&self, matchers: &[Matcher], keys: &Pseudonymizer) -> Result<Outbound, Refusal> {
        let path = self.reversed_path(matchers, keys)?;
        Ok(Outbound {
            method: self.method.clone(),
            path: path.unwrap_or_else(|| self.path.sent()),
            query: reversed_pairs(&self.query, keys)?,
            headers: reversed_headers(&self.headers, keys)?,
            body: self.body.as_ref().map(|it| reversed_body(it, keys)).transpose()?,
            content_type: self.body.as_ref().map(|it| it.content_type.clone()),
        })
    }

    /// The path to send, if it holds a token.
    fn reversed_path(&self, matchers: &[Matcher], keys: &Pseudonymizer) -> Result<Option<String>, Refusal> {
        let mut segments = self.path.segments().to_vec();
        let mut changed = Vec::new();
        for (i, segment) in segments.iter_mut().enumerate().filter(|(_, segment)| !segment.is_meeting_uuid())
        {
            if let Some(identifier) = reversed(segment.decoded(), keys)? {
                *segment =
                    Segment::identifier(&identifier).map_err(|_| Refusal::of(Check::TokenChangesPath))?;
                changed.push(i);
            }
        }
        if changed.is_empty() {
            return Ok(None);
        }
        let path = Path::of(segments);
        match self.stays_here(matchers, &path, &changed) && self.stays_out_of_earlier(matchers, &path) {
            true => Ok(Some(path.sent())),
            false => Err(Refusal::of(Check::TokenChangesEndpoint)),
        }
    }

    /// Whether the reversed path is still one of this endpoint. A regex that takes nothing but tokens in
    /// their places says nothing about what they stand for.
    fn stays_here(&self, matchers: &[Matcher], path: &Path, changed: &[usize]) -> bool {
        let Some(matcher) = matchers.get(self.index) else { return false };
        let takes = |text: &str| {
            let Ok(plain) = Segment::identifier(text) else { return false };
            let mut segments = path.segments().to_vec();
            for &i in changed {
                segments[i] = plain.clone();
            }
            self.answered_by(matcher, &Path::of(segments))
        };
        self.answered_by(matcher, path) || !PLAIN.iter().any(|text| takes(text))
    }

    /// Whether no earlier endpoint, to which the call as it came did not belong, would answer it now.
    fn stays_out_of_earlier(&self, matchers: &[Matcher], path: &Path) -> bool {
        let joins =
            |earlier: &Matcher| self.answered_by(earlier, path) && !self.answered_by(earlier, &self.path);
        !matchers.iter().take(self.index).any(joins)
    }

    fn answered_by(&self, matcher: &Matcher, path: &Path) -> bool {
        let query_text = self.query.text();
        let query_text = query_text.as_deref();
        matcher.answers(&Target { method: &self.method, path, query: &self.query, query_text })
    }
}

/// The text with its tokens turned back; `None`: it holds none.
fn reversed(text: &str, keys: &Pseudonymizer) -> Result<Option<String>, Refusal> {
    match keys.reverse_all(text) {
        Ok(found) => Ok(found.map(|text| text.to_string())),
        Err(TokenError::MissingKey(_)) => Err(Refusal::of(Check::TokenKeyMissing)),
        Err(TokenError::Malformed | TokenError::Unverified) => Err(Refusal::of(Check::TokenInvalid)),
    }
}

/// Values of a query or form. A value may stand for anything: it stays one component.
fn reversed_pairs(query: &Query, keys: &Pseudonymizer) -> Result<Option<String>, Refusal> {
    let mut pairs = Vec::with_capacity(query.pairs.len());
    for pair in &query.pairs {
        let identifier = pair.value.as_deref().map(|value| reversed(value, keys)).transpose()?.flatten();
        pairs.push(match identifier {
            Some(text) => format!("{}={}", percent::query_name(&pair.name), percent::component(&text)),
            None => pair.text(),
        });
    }
    Ok((!pairs.is_empty()).then(|| pairs.join("&")))
}

fn reversed_headers(
    headers: &[(String, String)],
    keys: &Pseudonymizer,
) -> Result<Vec<(String, String)>, Refusal> {
    let mut all = Vec::with_capacity(headers.len());
    for (name, value) in headers {
        let value = reversed(value, keys)?.unwrap_or_else(|| value.clone());
        if value.contains(|c: char| c.is_control() && c != '\t') {
            return Err(Refusal::of(Check::HeaderInvalid));
        }
        all.push((name.clone(), value));
    }
    Ok(all)
}

fn reversed_body(body: &TypedBody, keys: &Pseudonymizer) -> Result<Vec<u8>, Refusal> {
    match &body.body {
        Body::Form(form) => Ok(reversed_pairs(form, keys)?.unwrap_or_default().into_bytes()),
        Body::Json(text) if !text.windows(2).any(|two| two == b"p~") => Ok(text.clone()),
        Body::Json(text) => {
            let mut value = json::parse(text).map_err(|_| Refusal::of(Check::BodyNotJson))?;
            reverse_strings(&mut value, keys)?;
            let mut out = String::with_capacity(text.len());
            json::write_anew(&value, &mut out);
            Ok(out.into_bytes())
        }
    }
}

/// Every string of a body, but no member name.
fn reverse_strings(value: &mut Value<'_>, keys: &Pseudonymizer) -> Result<(), Refusal> {
    match value {
        Value::String(text) => {
            if let Some(plain) = reversed(text, keys)? {
                *text = plain.into();
            }
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| reverse_strings(item, keys)),
        Value::Object(members) => members.iter_mut().try_for_each(|it| reverse_strings(&mut it.value, keys)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}
