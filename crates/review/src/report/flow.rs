//! The picture: who asks, what passes, what is sent on, what comes back.

use std::fmt::Write;

use super::EXPECTED;
use super::endpoint::badge;
use crate::explain::Explanation;
use crate::fates::Fate;
use crate::render::escape::xml;
use crate::words;

/// Boxes with arrows between them: in a row where there is room, one below the other where there is not.
pub(super) fn push(explanation: &Explanation, source: &str, out: &mut String) {
    let calls = words::count(explanation.endpoints.len(), "kind") + " of call";
    let reversible = explanation.tally().iter().any(|(fate, _)| *fate == Fate::Reversible);
    let turned = match reversible {
        true => "reversible pseudonyms in a call are turned back here, and only here",
        false => "these rules make no pseudonym that can be turned back",
    };
    out.push_str("<figure>\n<ol class=\"flow\">\n");
    let mut stop = |title: &str, lines: &[&str]| {
        let lines: Vec<String> = lines.iter().map(|it| format!("<li>{}</li>", xml(it))).collect();
        writeln!(out, "<li><b>{}</b><ul>{}</ul></li>", xml(title), lines.join("")).expect(EXPECTED);
    };
    stop("Analytics platform", &["asks with pseudonyms", "proves who it is"]);
    let admitted = format!("{calls} listed below; every other is refused");
    stop("Vizard, call", &[&admitted, turned, "adds the credential from the secret store"]);
    stop(source, &["answers with clear values", "its errors are never passed on"]);
    let open = explanation.endpoints.iter().filter(|it| it.is_open).count();
    let dropped = match open {
        0 => "drops every field that is not listed".to_owned(),
        open => format!(
            "drops every field that is not listed, but not at {} without a response schema",
            words::count(open, "endpoint")
        ),
    };
    stop("Vizard, answer", &[&dropped, "applies the rules below", "logs counts, no values"]);
    let badge = |(fate, count)| format!("<li>{}</li>", badge(&format!("{count} {}", Fate::word(fate)), fate));
    let received: String = explanation.tally().into_iter().map(badge).collect();
    writeln!(out, "<li><b>Analytics platform</b><p>receives fields, of all calls together:</p><ul class=\"fates\">{received}</ul></li>")
        .expect(EXPECTED);
    out.push_str("</ol>\n<figcaption>One call on its way.</figcaption>\n</figure>\n");
}
