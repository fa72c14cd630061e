//! Made-up answers with a canary in every place, through the proxy itself, and a look at all that comes out.

use std::fmt;

use tokio::runtime;
use vizard_pseudonym::Pseudonymizer;
use vizard_review::canary::described::described;
use vizard_review::canary::document::{FOR_EACH_FIELD, weight};
use vizard_review::canary::plant::Canaries;
use vizard_review::canary::watch::{Watch, Where};
use vizard_review::finding::{Finding, Level};
use vizard_review::openapi::Description;
use vizard_sanitizer::RuleSet;
use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::trials::Example;

use super::answers::{headers, plan};
use super::call::reaching;
use super::rehearsal::Rehearsal;
use crate::exit::{Code, Stop};

/// What is tried.
pub(super) struct Subject<'s> {
    pub(super) rules: &'s RuleSet,
    /// Those that the proxy of the trial has.
    pub(super) keys: &'s Pseudonymizer,
    pub(super) file: &'s str,
    pub(super) text: &'s str,
    pub(super) outline: &'s Outline,
    /// What says what may come out.
    pub(super) promised: &'s Outline,
    pub(super) described: Option<&'s Description>,
    /// Their calls do where none can be made up.
    pub(super) examples: &'s [Example],
    pub(super) source: Option<&'s str>,
    pub(super) seed: u64,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Tried {
    pub(super) findings: Vec<Finding>,
    pub(super) endpoints: usize,
    pub(super) answers: usize,
    pub(super) canaries: usize,
    pub(super) kept: usize,
    pub(super) searched: usize,
}

pub(super) fn run(subject: &Subject<'_>) -> Result<Tried, Stop> {
    let runtime = runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.map_err(|error| Stop::new(Code::Unavailable, error))?.block_on(rehearse(subject))
}

async fn rehearse(subject: &Subject<'_>) -> Result<Tried, Stop> {
    let mut canaries = Canaries::seeded(subject.seed);
    let mut findings = Vec::new();
    let headers = headers(&mut canaries);
    let mut calls = Vec::new();
    let mut exchanges = Vec::new();
    let mut heaviness = 0;
    for endpoint in 0..subject.outline.endpoints.len() {
        let Some(call) = reaching(subject, endpoint, &mut canaries) else {
            findings.push(subject.not_tried(endpoint, "no call can be made up that the endpoint answers"));
            continue;
        };
        let written = &subject.outline.endpoints[endpoint];
        let listed = written.fields.iter().flatten();
        let many = canaries.all().len() + listed.clone().count() * FOR_EACH_FIELD;
        let heavy = heaviness + listed.map(|it| weight(&it.path)).sum::<usize>();
        if many > MOST || heavy > HEAVIEST {
            findings.push(subject.not_tried(endpoint, "it and the endpoints before it list too many fields"));
            continue;
        }
        let most = MOST_DESCRIBED.min(HEAVIEST - heavy).min((MOST - many) / FOR_EACH_FIELD);
        let also = subject.described.map(|it| described(it, written, most)).unwrap_or_default();
        if also.is_cut {
            findings.push(subject.not_all(endpoint));
        }
        heaviness = heavy + also.fields.iter().map(|it| weight(&it.path)).sum::<usize>();
        calls.push((endpoint, call));
        plan(subject, endpoint, &also.fields, &headers, &mut canaries, &mut exchanges);
    }

    let rehearsal = Rehearsal::start(subject.text, subject.source).await?;
    let mut watch = Watch::over(canaries.all(), subject.outline, subject.promised);
    let (mut answers, mut searched) = (0, 0);
    for exchange in &exchanges {
        let call = calls.iter().find(|(endpoint, _)| *endpoint == exchange.endpoint);
        let Some(request) = call.and_then(|(_, call)| call.request(exchange.takes_gzip)) else {
            findings.push(subject.not_tried(exchange.endpoint, "its call cannot be sent"));
            continue;
        };
        let (head, body) = rehearsal.ask(request, &exchange.answer).await.into_parts();
        answers += 1;
        searched += body.len();
        let mut lines = String::new();
        for (name, value) in &head.headers {
            lines += &format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()));
        }
        searched += lines.len();
        if watch.holds(lines.as_bytes()) {
            for (name, value) in &head.headers {
                watch.elsewhere(&Where::Header(name.to_string()), name.as_str().as_bytes());
                watch.elsewhere(&Where::Header(name.to_string()), value.as_bytes());
            }
        }
        if exchange.succeeds && head.status.is_success() {
            watch.body(exchange.endpoint, &body);
        } else {
            watch.elsewhere(&Where::Error, &body);
        }
        if exchange.succeeds != head.status.is_success() {
            let why = format!("the proxy answers {} to {}", head.status.as_u16(), exchange.what);
            findings.push(subject.not_tried(exchange.endpoint, &why));
        }
    }
    let log = rehearsal.log();
    searched += log.len();
    watch.log(&log);
    if log.windows(AUDIT.len()).filter(|part| *part == AUDIT).count() < answers {
        let why = "the proxy did not log a line for each answer, or it was not seen";
        findings.push(subject.not_tried(0, why));
    }
    watch.elsewhere(&Where::Error, format!("{:?}", rehearsal.proxy).as_bytes());
    findings.extend(watch.findings(subject.file));
    findings.dedup();
    let (kept, canaries) = (watch.kept(), canaries.all().len());
    Ok(Tried { findings, endpoints: calls.len(), answers, canaries, kept, searched })
}

/// What each request leaves in the log.
const AUDIT: &[u8] = b"\"target\":\"audit\"";

/// More canaries are not planted: a schema that lists so much is reviewed in parts.
const MOST: usize = 1_000_000;
/// Nor where that would take so much, as [`weight`] counts.
const HEAVIEST: usize = 250_000;
/// The part of that which a description may add to one endpoint.
const MOST_DESCRIBED: usize = 20_000;

impl Subject<'_> {
    /// Canaries are in what the rules list, and in a part of what the description does.
    fn not_all(&self, endpoint: usize) -> Finding {
        let label = &self.outline.endpoints[endpoint].path.text;
        Finding {
            level: Level::Warning,
            message: format!(
                "the description of `{label}` lists too many fields: canaries are in some of them only"
            ),
            help: Some(
                "list the fields in the response schema that may pass; those are all tried".to_owned(),
            ),
            ..self.not_tried(endpoint, "")
        }
    }

    fn not_tried(&self, endpoint: usize, why: &str) -> Finding {
        let written = &self.outline.endpoints[endpoint].path;
        Finding {
            level: Level::Error,
            code: "canary-not-run",
            file: self.file.to_owned(),
            place: Some(written.place),
            endpoint: Some(written.text.clone()),
            field: None,
            message: format!("nothing is proven of `{}`: {why}", written.text),
            help: Some("write an example whose call the endpoint answers".to_owned()),
            suppressed: None,
        }
    }
}

impl fmt::Display for Tried {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let leaks = self.findings.iter().filter(|it| it.code == "leak").count();
        let leaked = match leaks {
            0 => "nothing leaked".to_owned(),
            1 => "1 way out".to_owned(),
            _ => format!("{leaks} ways out"),
        };
        writeln!(
            out,
            "{} in {} answers of {}, {} kB searched",
            self.canaries,
            self.answers,
            if self.endpoints == 1 {
                "1 endpoint".to_owned()
            } else {
                format!("{} endpoints", self.endpoints)
            },
            self.searched / 1000
        )?;
        write!(out, "           {} kept as the rules say, {leaked}", self.kept)
    }
}
