//! One live call for each endpoint, through a real proxy in this process: the deployment's rules, secrets and source.
//! Ids come from the sanitized answers to the calls before. Of an answer only numbers are shown.

mod answer;

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::Request;
use http::header::ACCEPT;
use jiff::Span;
use jiff::civil::Date;
use vizard_proxy::connector::{Connector, Probe};
use vizard_proxy::credentials::{Strategy, Trial};
use vizard_proxy::ports::SystemClock;
use vizard_proxy::settings::Settings;
use vizard_proxy::{Client, Proxy};
use vizard_sanitizer::RuleSet;

use super::code::Code;
use super::finding::{Check, Finding, Findings, Measured};
use super::sandbox::{OUTPUTS, Sandbox};
use super::token;
use crate::exit::{self, Stop};
use crate::target::Opened;
use answer::{Answer, Outcome};

/// What the calls are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calls<'a> {
    pub(super) opened: &'a Opened,
    pub(super) settings: &'a Settings,
    pub(super) rules: &'a RuleSet,
    /// The one endpoint that is asked for.
    pub(super) only: Option<&'a str>,
    /// The last day that is asked for.
    pub(super) until: Date,
}

/// What earlier answers held, by the name of the placeholder.
type Ids = BTreeMap<String, Vec<String>>;

impl Calls<'_> {
    pub(super) async fn check(&self, trial: Option<&Trial>, findings: &mut Findings) -> Result<(), Stop> {
        let endpoints: Vec<&str> = self.rules.endpoints().collect();
        if let Some(only) = self.only.filter(|only| !endpoints.contains(only)) {
            let words = format!("--endpoint {only} is not in the rules; there are\n{}", endpoints.join("\n"));
            return Err(Stop::because(exit::Code::Usage, words));
        }
        let Some(connector) = &self.settings.connector else {
            findings.skip(Check::Calls, "no connector is shipped for this source");
            return Ok(());
        };
        if trial.is_none() && matches!(self.settings.strategy, Strategy::Exchange(_)) {
            findings.skip(Check::Calls, "no token was granted");
            return Ok(());
        }
        if token::only_the_platform_vouches(self.opened, self.settings).await {
            findings
                .skip(Check::Calls, "the platform vouches for the proxy's account, and not for this machine");
            return Ok(());
        }
        match self.proxy(trial).await {
            Ok(proxy) => self.probe_all(&proxy, connector, &endpoints, findings).await,
            Err(problems) => findings.skip(Check::Calls, format!("the proxy does not start: {problems}")),
        }
        Ok(())
    }

    /// A proxy of the deployment's, for this program as its only caller.
    async fn proxy(&self, trial: Option<&Trial>) -> Result<Proxy, String> {
        // The token that was just granted is the one to use: some sources end a token when they grant the next.
        let place = self.opened.namespaces.places("ACCESS_TOKEN").next();
        let token = place.zip(trial.map(Trial::shared_token));
        let sandbox = Sandbox::new(self.opened.store.clone(), token.into_iter().collect());
        let mut left_out = OUTPUTS.to_vec();
        left_out.push("ALLOWED_DATA_ACCESS_IP_BLOCKS");
        let mut variables = self.opened.variables.without(&left_out);
        if trial.is_some() {
            variables = variables.with("USE_SHARED_TOKEN", "true");
        }
        let started = Proxy::start(&variables, Arc::new(sandbox), Arc::new(SystemClock)).await;
        let problems = started.problems.join("; ");
        if problems.is_empty() { Ok(started.proxy) } else { Err(problems) }
    }

    async fn probe_all(
        &self,
        proxy: &Proxy,
        connector: &Connector,
        endpoints: &[&str],
        findings: &mut Findings,
    ) {
        let mut ids = days(self.until);
        let mut stopped: Option<&str> = None;
        for probe in self.chosen(connector, endpoints) {
            if let Some(why) = stopped {
                findings.add(Check::Calls, Code::NotTried, &probe.endpoint, why);
                continue;
            }
            let (finding, end) = run(proxy, connector, probe, &mut ids).await;
            findings.push(finding);
            stopped = end;
        }
        let known: BTreeSet<&str> = connector.probes.iter().map(|it| it.endpoint.as_str()).collect();
        for endpoint in endpoints.iter().filter(|it| !known.contains(*it)) {
            if self.only.is_none_or(|only| only == *endpoint) {
                findings.add(Check::Calls, Code::CallNoProbe, *endpoint, "no call is known for it");
            }
        }
    }

    /// The calls for endpoints of the rules; if only one is asked for, that and those whose answers it needs.
    fn chosen<'c>(&self, connector: &'c Connector, endpoints: &[&str]) -> Vec<&'c Probe> {
        let mut chosen = Vec::new();
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for probe in connector.probes.iter().rev() {
            if !endpoints.contains(&probe.endpoint.as_str()) {
                continue;
            }
            let asked = self.only.is_none_or(|only| only == probe.endpoint);
            if asked || probe.yields.keys().any(|name| names.contains(name.as_str())) {
                names.extend(probe.placeholders());
                chosen.push(probe);
            }
        }
        chosen.reverse();
        chosen
    }
}

/// Calls with one id after the other until an answer is as hoped for. Says what came of it, and why no call should
/// follow, if none should.
async fn run(
    proxy: &Proxy,
    connector: &Connector,
    probe: &Probe,
    ids: &mut Ids,
) -> (Finding, Option<&'static str>) {
    let finding = |code: Code, found: String, measured: Option<Measured>| Finding {
        check: Check::Calls,
        code,
        about: probe.endpoint.clone(),
        found,
        measured,
    };
    let tries = match tries(probe, ids) {
        Ok(tries) => tries,
        Err(name) => {
            let found = format!("not called: no answer before held a {name}");
            return (finding(Code::CallNoData, found, None), None);
        }
    };
    // The best answer of all counts.
    let mut best: Option<(Answer, Measured)> = None;
    for number in 0..tries {
        let pick = |name: &str| {
            let all = ids.get(name)?;
            all.get(number * all.len() / tries).cloned()
        };
        let call = probe.filled(pick).expect("there is a value for each placeholder");
        let (answer, mut measured) = ask(proxy, connector, probe, &call).await;
        measured.calls = number + 1;
        let mut enough = answer.outcome.ends();
        if let (Outcome::Fine, Some(body)) = (answer.outcome, &answer.body) {
            let harvest = probe.harvest(body);
            enough = harvest.is_empty() || harvest.values().any(|found| !found.is_empty());
            for (name, found) in harvest {
                ids.entry(name).or_default().extend(found);
            }
        }
        if best.as_ref().is_none_or(|(known, _)| answer.outcome <= known.outcome) {
            best = Some((answer, measured));
        } else if let Some((_, known)) = &mut best {
            known.calls = measured.calls;
        }
        if enough {
            break;
        }
    }
    let (answer, measured) = best.expect("there is at least one try");
    let scope = connector.scopes_of(&[&probe.endpoint]).first().map(|it| it.name.as_str());
    let (code, found) = answer.judged(&measured, scope);
    (finding(code, found, Some(measured)), answer.outcome.stops())
}

/// How many calls there may be; or the placeholder that there is nothing for.
fn tries<'p>(probe: &'p Probe, ids: &Ids) -> Result<usize, &'p str> {
    let mut tries = 1;
    for name in probe.placeholders().filter(|name| !Probe::DAYS.contains(name)) {
        let count = ids.get(name).map_or(0, Vec::len);
        if count == 0 {
            return Err(name);
        }
        tries = tries.max(count.min(TRIES));
    }
    Ok(tries)
}

async fn ask(proxy: &Proxy, connector: &Connector, probe: &Probe, call: &str) -> (Answer, Measured) {
    let request = Request::get(call).header(ACCEPT, "application/json").body(Bytes::new());
    let request = request.expect("what is percent-encoded is a URI");
    let client = Client { address: Some(Ipv4Addr::LOCALHOST.into()), https: Some(true) };
    let began = Instant::now();
    let response = proxy.handle(request, client).await;
    let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (status, bytes) = (response.status().as_u16(), response.body().len());
    let answer = Answer::read(response, connector);
    let entries = answer.body.as_ref().and_then(|body| probe.entries(body));
    (answer, Measured { status, bytes, millis, entries, calls: 1 })
}

/// That day and the one four weeks before.
fn days(until: Date) -> Ids {
    let before = until.saturating_sub(Span::new().days(28));
    let named = Probe::DAYS.iter().zip([until, before]);
    named.map(|(name, day)| ((*name).to_owned(), vec![day.to_string()])).collect()
}

/// So many ids are tried before an endpoint is said to have no data.
const TRIES: usize = 5;
