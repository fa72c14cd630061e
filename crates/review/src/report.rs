//! `vizard report`: one page that a reviewer reads, prints, signs and compares with the last one.
//!
//! HTML with its style inside and no script; the same rules give the same bytes.

mod endpoint;
mod flow;
mod html;
mod matrix;
mod pairs;

use std::fmt::Write;

use vizard_sanitizer::RuleSet;
use vizard_sanitizer::outline::Outline;

use crate::explain::{self, Explanation};
use crate::finding::{Finding, Level};
use crate::render::escape::xml;
use crate::{synthetic, words};
use endpoint::badge;
use html::{breakable, with_code};
use pairs::Pairs;

/// Writing to a String takes everything.
const EXPECTED: &str = "a String takes everything";

/// What a report is made of.
#[derive(Debug)]
pub struct Report<'r> {
    /// The name of the rule file.
    pub file: &'r str,
    /// The rules as they run.
    pub rules: &'r RuleSet,
    /// The same rules with their places.
    pub outline: &'r Outline,
    /// The name of the source for people, such as "Zoom".
    pub source: &'r str,
    /// The key `version` of the rule file.
    pub version: Option<&'r str>,
    /// What was extended, as one sentence for each statement: the base, each override, each widening with its reason.
    pub inheritance: &'r [String],
    /// What the checks found.
    pub findings: &'r [Finding],
    /// The permissions that the app at the source needs; `None` where no connector file is known.
    pub scopes: Option<&'r [Scope]>,
    /// The version of this program.
    pub program: &'r str,
}

/// A permission of the app at the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// As the source calls it.
    pub name: String,
    /// The endpoints that need it, as the rules write them.
    pub endpoints: Vec<String>,
    /// What it is needed for.
    pub why: String,
    /// An older and broader permission that does as well.
    pub instead: Option<String>,
}

/// Renders the page.
pub fn html(report: &Report<'_>) -> String {
    let explanation = explain::explain(report.file, report.rules.sha256(), report.outline);
    let mut out = String::with_capacity(256 * 1024);
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>Review of {}</title>\n<style>\n{}</style>\n</head>\n<body>\n",
        xml(report.file),
        include_str!("report/style.css")
    )
    .expect(EXPECTED);
    push_head(report, &explanation, &mut out);
    out.push_str("<main>\n");
    push_summary(report, &explanation, &mut out);
    out.push_str("<h2 id=\"flow\">How data flows</h2>\n");
    flow::push(&explanation, report.source, &mut out);
    push_findings(report.findings, &mut out);
    push_matrix(&explanation, &mut out);
    push_endpoints(report, &explanation, &mut out);
    push_scopes(report.scopes, &mut out);
    push_sign_off(report, &mut out);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn push_head(report: &Report<'_>, explanation: &Explanation, out: &mut String) {
    write!(
        out,
        "<a class=\"skip\" href=\"#summary\">To the summary</a>\n<header>\n<p class=\"kind\">Privacy review of a rule file</p>\n<h1>{}</h1>\n<p>{}</p>\n",
        breakable(report.file),
        xml(&format!("{}.", explanation.tally_words()))
    )
    .expect(EXPECTED);
    out.push_str("<nav aria-label=\"Sections\"><ul>\n");
    for (id, title) in [
        ("summary", "Summary"),
        ("flow", "How data flows"),
        ("findings", "Findings"),
        ("matrix", "All fields at a glance"),
        ("endpoints", "Endpoints"),
        ("scopes", "Permissions at the source"),
        ("sign-off", "Sign-off"),
    ] {
        writeln!(out, "<li><a href=\"#{id}\">{title}</a></li>").expect(EXPECTED);
    }
    out.push_str("</ul></nav>\n</header>\n");
}

fn push_summary(report: &Report<'_>, explanation: &Explanation, out: &mut String) {
    out.push_str("<h2 id=\"summary\">Summary</h2>\n<dl>\n");
    let mut row = |what: &str, html: &str| writeln!(out, "<dt>{what}</dt><dd>{html}</dd>").expect(EXPECTED);
    row("Rules", &format!("<code>{}</code>", breakable(report.file)));
    row("Version", &xml(report.version.unwrap_or("none stated")));
    row("SHA-256 of the rules", &format!("<code class=\"hash\">{}</code>", xml(report.rules.sha256())));
    for (at, sentence) in report.inheritance.iter().enumerate() {
        row(if at == 0 { "Inheritance" } else { "" }, &with_code(sentence));
    }
    let counting = report.findings.iter().filter(|it| it.counts()).count();
    let suppressed = report.findings.iter().filter(|it| it.suppressed.is_some()).count();
    row(
        "Findings",
        &format!("{}, {} argued away by the author", words::count(counting, "open finding"), suppressed),
    );
    let needs = report.rules.needs();
    let key = if needs.encryption_key || needs.ip_encryption_key {
        "yes: some pseudonyms can be turned back by whoever holds the encryption key and the salt"
    } else {
        "no: nothing can be turned back"
    };
    row("Encryption key needed", key);
    row("Made by", &xml(report.program));
    out.push_str("</dl>\n<h3>What each fate means</h3>\n<ul class=\"legend\">\n");
    for (fate, count) in explanation.tally() {
        writeln!(
            out,
            "<li>{} <b>{}</b> in the matrix, {}: the value {}.</li>",
            badge(fate.word(), fate),
            matrix::sign(fate),
            words::count(count, "field"),
            fate.meaning()
        )
        .expect(EXPECTED);
    }
    let open = explanation.endpoints.iter().filter(|it| it.is_open).count();
    out.push_str(match open {
        0 => "</ul>\n<p>Fields that are not on this page do not leave. ",
        _ => "</ul>\n<p class=\"warning\">Endpoints without a response schema let fields leave that are not on this page.</p>\n<p>",
    });
    out.push_str("Error answers of the source do not leave: the caller gets a status, the source's numeric code and a constant text.</p>\n");
}

fn push_findings(findings: &[Finding], out: &mut String) {
    out.push_str("<h2 id=\"findings\">Findings</h2>\n");
    let (suppressed, open): (Vec<_>, Vec<_>) = findings.iter().partition(|it| it.suppressed.is_some());
    if open.is_empty() {
        out.push_str("<p>The checks found nothing.</p>\n");
    } else {
        out.push_str("<ul class=\"findings\">\n");
        open.iter().for_each(|it| push_finding(it, out));
        out.push_str("</ul>\n");
    }
    if !suppressed.is_empty() {
        out.push_str("<h3>Found, and left so by the author for a reason</h3>\n<ul class=\"findings\">\n");
        suppressed.iter().for_each(|it| push_finding(it, out));
        out.push_str("</ul>\n");
    }
}

fn push_finding(finding: &Finding, out: &mut String) {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let place = finding.place.map_or(String::new(), |place| format!(" <small>line {}</small>", place.line));
    write!(
        out,
        "<li><span class=\"level {level}\">{level}</span> <code>{}</code>{place} ",
        xml(finding.code)
    )
    .expect(EXPECTED);
    out.push_str(&with_code(&finding.message));
    if let Some(endpoint) = &finding.endpoint {
        write!(out, " <small>at <code>{}</code></small>", breakable(endpoint)).expect(EXPECTED);
    }
    if let Some(help) = &finding.help {
        write!(out, "<br>What to do: {}", with_code(help)).expect(EXPECTED);
    }
    if let Some(reason) = &finding.suppressed {
        write!(out, "<br>The author's reason: <q>{}</q>", xml(reason)).expect(EXPECTED);
    }
    out.push_str("</li>\n");
}

fn push_matrix(explanation: &Explanation, out: &mut String) {
    out.push_str("<h2 id=\"matrix\">All fields at a glance</h2>\n<h3>Fields by endpoint and fate</h3>\n");
    matrix::push_counts(explanation, out);
    out.push_str("<h3>Texts and identifiers by name and endpoint</h3>\n<p>");
    let signs: Vec<String> = explanation
        .tally()
        .iter()
        .map(|(fate, _)| format!("<b>{}</b> {}", matrix::sign(*fate), fate.word()))
        .collect();
    out.push_str(&signs.join(", "));
    out.push_str(". A name should have the same sign in its whole row; where it has not, the endpoints below tell why.</p>\n");
    matrix::push_fields(explanation, out);
}

fn push_endpoints(report: &Report<'_>, explanation: &Explanation, out: &mut String) {
    out.push_str("<h2 id=\"endpoints\">Endpoints</h2>\n<p>In the order of the file; the first that admits a call answers it. Values before are invented; values after are what the rules engine made of them, with the salt <code>salt</code> and the encryption key <code>secret</code>.</p>\n");
    let (samples, keys) = (report.rules.sample_calls(), synthetic::keys());
    for (at, endpoint) in explanation.endpoints.iter().enumerate() {
        let sample = samples.iter().find(|it| it.endpoint == at);
        let admitted =
            sample.and_then(|it| report.rules.admit(&it.call()).ok().filter(|it| it.index() == at));
        let pairs = Pairs::of(&report.outline.endpoints[at], admitted.as_ref(), &keys);
        endpoint::push(at + 1, endpoint, &pairs, out);
    }
}

fn push_scopes(scopes: Option<&[Scope]>, out: &mut String) {
    out.push_str("<h2 id=\"scopes\">Permissions at the source</h2>\n");
    let Some(scopes) = scopes else {
        out.push_str("<p>No connector file was given, so the permissions are not known here.</p>\n");
        return;
    };
    out.push_str("<p>What the app at the source must be allowed, and no more.</p>\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Permissions\">\n<table class=\"scopes\">\n<thead><tr><th scope=\"col\">Permission</th><th scope=\"col\">Needed for</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
    for scope in scopes {
        let endpoints: Vec<String> =
            scope.endpoints.iter().map(|it| format!("<code>{}</code>", breakable(it))).collect();
        let instead = match &scope.instead {
            Some(older) => {
                format!("<br><small>older apps: <code>{}</code>, which opens more</small>", breakable(older))
            }
            None => String::new(),
        };
        writeln!(
            out,
            "<tr><th scope=\"row\"><code>{}</code>{instead}</th><td>{}</td><td>{}</td></tr>",
            breakable(&scope.name),
            endpoints.join("<br>"),
            xml(&scope.why)
        )
        .expect(EXPECTED);
    }
    out.push_str("</tbody>\n</table>\n</div>\n");
}

fn push_sign_off(report: &Report<'_>, out: &mut String) {
    write!(
        out,
        "<section class=\"sign-off\">\n<h2 id=\"sign-off\">Sign-off</h2>\n\
         <p>This is about the rules with the SHA-256 <code class=\"hash\">{}</code>. A deployment that is started with <code>VIZARD_RULES_SHA256</code> set to it runs no other rules.</p>\n\
         <ul class=\"boxes\"><li><span class=\"box\"></span> approved as it is</li><li><span class=\"box\"></span> approved with the remarks below</li><li><span class=\"box\"></span> not approved</li></ul>\n\
         <dl class=\"lines\"><dt>Remarks</dt><dd></dd><dt>Name</dt><dd></dd><dt>Role</dt><dd></dd><dt>Date</dt><dd></dd><dt>Signature</dt><dd></dd></dl>\n</section>\n",
        xml(report.rules.sha256())
    )
    .expect(EXPECTED);
}

#[cfg(test)]
mod tests;
