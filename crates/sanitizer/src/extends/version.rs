//! Versions of rule files, and which shipped file `extends: zoom@1` means.

use super::Shipped;
use crate::diagnostic::{Report, Spanned, nearest};
use crate::node::{self, Fields, Kind, Node};

/// `MAJOR.MINOR` in its one spelling.
fn parse(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((number(major)?, number(minor)?))
}

/// Digits without a sign or leading zeros.
fn number(text: &str) -> Option<u32> {
    let canonical = text.bytes().all(|c| c.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| canonical)
}

/// The key `version` at the top of a rule file.
pub(crate) fn read(fields: &mut Fields, report: &mut Report) -> Option<Spanned<String>> {
    let version = fields.text("version", report)?;
    if parse(&version.value).is_none() {
        report
            .error("version-invalid", version.place, "a version is two whole numbers with a dot between them")
            .suggest("write it as `version: \"1.0\"`");
    }
    Some(version)
}

/// The shipped rules that are meant, as nodes, with their version.
pub(super) fn find<'s>(
    extends: &Spanned<String>,
    shipped: &[Shipped<'s>],
    report: &mut Report,
) -> Option<(Shipped<'s>, Node, String)> {
    let (source, wanted) = extends.value.split_once('@').unwrap_or((&extends.value, ""));
    let sources: Vec<&str> = shipped.iter().map(|it| it.source).collect();
    let Some(found) = shipped.iter().find(|it| it.source == source) else {
        let message = format!("there are no shipped rules `{source}`");
        report.error("extends-unknown", extends.place, message).suggest(match nearest(source, &sources) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("this program has rules for: {}", sources.join(", ")),
        });
        return None;
    };
    let mut unread = Report::default();
    let base = node::parse(found.text, &mut unread);
    let top = |key: &str| match &base.as_ref()?.kind {
        Kind::Mapping(entries) => entries.iter().find(|(name, _)| name.value == key).map(|(_, node)| node),
        _ => None,
    };
    let version = match top("version").map(|node| &node.kind) {
        Some(Kind::Scalar { text, .. }) => parse(text).map(|it| (text.clone(), it)),
        _ => None,
    };
    let usable = !unread.has_errors() && top("extends").is_none();
    let Some((has, version)) = version.filter(|_| usable) else {
        let message = format!("the rules `{source}` of this program cannot be extended");
        report
            .error("extends-unknown", extends.place, message)
            .suggest("extend rules that have a `version` and extend none themselves");
        return None;
    };
    if parse(wanted) != Some(version) && number(wanted) != Some(version.0) {
        let message = match wanted {
            "" => format!("it is not said which version of `{source}` is extended"),
            _ => format!("this program does not have version `{wanted}` of the rules `{source}`"),
        };
        report.error("extends-unknown", extends.place, message).suggest(format!(
            "this program has {source}@{has}: write `{source}@{}` or `{source}@{has}`",
            version.0
        ));
        return None;
    }
    Some((*found, base?, has))
}
