//! Which headers of a call are sent on: only those that the rules list.

use crate::diagnostic::{Report, Spanned};

/// Headers of one connection or of one encoding of the body; sending them on would contradict our own.
const NEVER: [&str; 14] = [
    "accept-encoding",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Names in lower case, sorted.
pub(super) struct HeaderRule {
    names: Vec<String>,
}

impl HeaderRule {
    pub(super) fn compile(
        shared: &[Spanned<String>],
        own: &[Spanned<String>],
        report: &mut Report,
    ) -> HeaderRule {
        for name in own {
            // A content type goes out with the body anyway, so listing it does no harm.
            let name_lower = name.value.to_ascii_lowercase();
            if name_lower != "content-type" && NEVER.contains(&name_lower.as_str()) {
                let message = format!("`{}` is never sent on: it belongs to the connection", name.value);
                report.warning("header-never-forwarded", name.place, message).suggest("remove it");
            }
        }
        let lower = shared.iter().chain(own).map(|name| name.value.trim().to_ascii_lowercase());
        let mut names: Vec<String> = lower.filter(|name| !NEVER.contains(&name.as_str())).collect();
        names.sort();
        names.dedup();
        HeaderRule { names }
    }

    /// The listed headers of a call, in its order, every value kept.
    pub(super) fn listed(&self, headers: &[(&str, &str)]) -> Vec<(String, String)> {
        headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .filter(|(name, _)| self.names.binary_search(name).is_ok())
            .map(|(name, value)| (name, (*value).to_owned()))
            .collect()
    }
}
