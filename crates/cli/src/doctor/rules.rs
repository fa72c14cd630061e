//! The rules: whether they are rules, and whether they are the ones that were reviewed.

use vizard_proxy::settings::Settings;
use vizard_sanitizer::{Loaded, RuleSet};

use super::code::Code;
use super::finding::{Check, Findings};
use crate::target::Opened;

/// The rules, if they can be used.
pub(super) async fn check(opened: &Opened, findings: &mut Findings) -> Option<RuleSet> {
    if let Some(why) = &opened.unread_rules {
        findings.add(Check::Rules, Code::RulesUnreadable, "", why);
        return None;
    }
    let reading = Settings::survey(&opened.variables, &*opened.store).await;
    let Some(text) = reading.rules else {
        findings.skip(Check::Rules, "the settings lead to no rules");
        return None;
    };
    let Loaded { rules, warnings } = match text.load() {
        Ok(loaded) => loaded,
        Err(diagnostics) => {
            for diagnostic in diagnostics.iter() {
                let found = format!("line {}: {}", diagnostic.place.line, diagnostic.message);
                findings.add(Check::Rules, Code::RulesInvalid, &text.name, found);
            }
            return None;
        }
    };
    for diagnostic in warnings.iter() {
        let found = format!("line {}: {}", diagnostic.place.line, diagnostic.message);
        findings.add(Check::Rules, Code::RulesWarning, &text.name, found);
    }
    let digest = rules.sha256();
    let pinned = match reading.rules_sha256.as_deref() {
        Some(expected) if expected != digest => {
            let found = format!("SHA-256 {digest}, and VIZARD_RULES_SHA256 is {expected}");
            findings.add(Check::Rules, Code::RulesDiffer, &text.name, found);
            return Some(rules);
        }
        Some(_) => "as VIZARD_RULES_SHA256 demands",
        None => "which VIZARD_RULES_SHA256 could demand",
    };
    let found = format!("{} endpoints; SHA-256 {digest}, {pinned}", rules.endpoints().count());
    findings.add(Check::Rules, Code::RulesOk, &text.name, found);
    Some(rules)
}
