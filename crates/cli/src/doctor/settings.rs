//! All settings, as the proxy reads them at its start.

use vizard_proxy::checkup;
use vizard_proxy::settings::{Environment, Flaw, Reading, SettingProblem, Settings};

use super::code::Code;
use super::finding::{Check, Findings};
use super::google;
use crate::target::Opened;

pub(super) async fn check(opened: &Opened, findings: &mut Findings) {
    let before = findings.iter().count();
    let Reading { settings, outputs, .. } = Settings::survey(&opened.variables, &*opened.store).await;
    match settings {
        Ok(settings) => {
            // Credentials that are absent are told with the secrets.
            let lasting = settings.warnings.iter().filter(|it| it.flaw != Flaw::Absent);
            lasting.for_each(|problem| add(problem, findings));
        }
        Err(problems) => {
            let of_settings = problems.iter().filter(|it| it.name != "PSOXY_SALT" || it.flaw != Flaw::Absent);
            let (unreadable, others): (Vec<_>, Vec<_>) =
                of_settings.partition(|it| it.flaw == Flaw::Unreadable);
            others.into_iter().for_each(|problem| add(problem, findings));
            if let Some(first) = unreadable.first() {
                let found = format!("{} of them: {}", unreadable.len(), first.expected);
                findings.add(Check::Settings, Code::SettingUnreadable, "", found);
            }
        }
    }
    if let Some(destinations) = &opened.destinations {
        checkup::unopened(&outputs, &**destinations).iter().for_each(|problem| add(problem, findings));
    }
    if let Some(google) = opened.on_google() {
        google::check(opened, google, findings);
    }
    for name in ["VIZARD_ALLOW_LOOPBACK_HTTP", "IS_DEVELOPMENT_MODE"] {
        let on = opened.variables.given(name).is_some_and(|it| it.eq_ignore_ascii_case("true"));
        if on {
            findings.add(Check::Settings, Code::SettingForDevelopment, name, "on; it is for development");
        }
    }
    if findings.iter().count() == before {
        findings.add(Check::Settings, Code::SettingsOk, "", "all settings can be used");
    }
}

fn add(problem: &SettingProblem, findings: &mut Findings) {
    let code = match problem.flaw {
        Flaw::Absent => Code::SettingAbsent,
        Flaw::Invalid => Code::SettingInvalid,
        Flaw::Unreadable => Code::SettingUnreadable, // told together
        Flaw::Unknown => Code::SettingUnknown,
    };
    let said = problem.to_string();
    let words = said.strip_prefix(problem.name.as_str()).unwrap_or(&said).trim_start();
    findings.add(Check::Settings, code, &problem.name, words);
}
