//! What a server on Google Cloud reads besides the proxy's settings: who may call, what is queued, what stands in front
//! of it. The server's own reading says what is wrong.

use std::sync::Arc;

use vizard_proxy::ports::{Clock, SystemClock};
use vizard_proxy::settings::Environment;
use vizard_server::{Callers, Listen, Pushed};

use super::code::Code;
use super::finding::{Check, Findings};
use crate::target::{OnGoogle, Opened};

pub(super) fn check(opened: &Opened, google: &OnGoogle, findings: &mut Findings) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let variables = &opened.variables;
    for name in FOR_TESTS {
        if variables.of_deployment(name).is_some() {
            findings.add(Check::Settings, Code::SettingForDevelopment, name, "set; it is for tests");
        }
    }
    names(variables, google, findings);
    callers(variables, clock.clone(), findings);
    hops(variables, findings);
    let listen = Listen::read(|name| variables.value(name));
    listen.err().unwrap_or_default().iter().for_each(|problem| wrong(variables, problem, findings));
    queue(variables, google, findings);
    let pushed = Pushed::read(variables, clock);
    pushed.err().unwrap_or_default().iter().for_each(|problem| wrong(variables, problem, findings));
}

fn names(variables: &dyn Environment, google: &OnGoogle, findings: &mut Findings) {
    let written = variables.given("VIZARD_SECRET_NAMES").unwrap_or_default();
    if !google.lists_secrets() {
        return;
    }
    let numbers: Vec<_> = google.no_ids(&written).iter().map(ToString::to_string).collect();
    if !numbers.is_empty() {
        let found = format!(
            "no id of a secret: number {}; expected ids of letters, digits, `_` and `-`, with commas between them",
            numbers.join(", ")
        );
        findings.add(Check::Settings, Code::SettingInvalid, "VIZARD_SECRET_NAMES", found);
    }
}

fn callers(variables: &dyn Environment, clock: Arc<dyn Clock>, findings: &mut Findings) {
    const AUTH: &str = "VIZARD_CALLER_AUTH";
    let stated = [AUTH, "VIZARD_OIDC_ISSUER"].iter().any(|name| variables.given(name).is_some());
    if !stated {
        let found = "not set: the server does not start; expected `platform` where the IAM of Cloud Run decides who calls";
        findings.add(Check::Settings, Code::CallersUnstated, AUTH, found);
        return;
    }
    match Callers::read(variables, clock) {
        Ok(Callers::Anybody) => {
            findings.add(
                Check::Settings,
                Code::CallersAnybody,
                AUTH,
                "`none`: whoever reaches the port may call",
            );
        }
        Ok(Callers::Verified(_) | Callers::ByPlatform) => {}
        Err(problems) => problems.iter().for_each(|problem| wrong(variables, problem, findings)),
    }
}

/// On Cloud Run the address of a caller is known only from what stands in front.
fn hops(variables: &dyn Environment, findings: &mut Findings) {
    let stated = variables.given("VIZARD_TRUSTED_HOPS");
    let none = stated.is_none() || (stated.as_deref() == Some("0") && variables.given("K_SERVICE").is_some());
    if !none {
        return;
    }
    let refused = match variables.given("ALLOWED_DATA_ACCESS_IP_BLOCKS") {
        Some(_) => ", and ALLOWED_DATA_ACCESS_IP_BLOCKS refuses them all",
        None => "",
    };
    let found = format!("on Cloud Run all callers then have the address of Google's front end{refused}");
    findings.add(Check::Settings, Code::CallersHidden, "VIZARD_TRUSTED_HOPS", found);
}

/// Without a queue, what belongs to it is of no use; what a queue needs, the server says.
fn queue(variables: &dyn Environment, google: &OnGoogle, findings: &mut Findings) {
    let Some(topic) = variables.given(QUEUE) else {
        let idle: Vec<_> = OF_QUEUE.into_iter().filter(|name| variables.given(name).is_some()).collect();
        if !idle.is_empty() {
            let found = format!("not set, though {} is: every call is answered at once", idle.join(", "));
            findings.add(Check::Settings, Code::SettingAbsent, QUEUE, found);
        }
        return;
    };
    if google.google.as_ref().is_some_and(|google| google.topic(&topic).is_none()) {
        let found = "is not valid: expected projects/PROJECT/topics/TOPIC";
        findings.add(Check::Settings, Code::SettingInvalid, QUEUE, found);
    }
}

/// A problem in the words of the server, which begin with a name.
fn wrong(variables: &dyn Environment, problem: &str, findings: &mut Findings) {
    let (name, words) = problem.split_once(' ').unwrap_or(("", problem));
    let code = if variables.given(name).is_some() { Code::SettingInvalid } else { Code::SettingAbsent };
    findings.add(Check::Settings, code, name, words);
}

const FOR_TESTS: [&str; 3] = ["VIZARD_GOOGLE_ENDPOINT", "GCE_METADATA_HOST", "VIZARD_PUSH_ISSUER"];
const QUEUE: &str = "ASYNC_PUB_SUB_QUEUE";
const OF_QUEUE: [&str; 3] = ["ASYNC_OUTPUT_DESTINATION", "SERVICE_URL", "VIZARD_PUSH_CALLER"];
