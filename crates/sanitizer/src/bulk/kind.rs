//! What kind of rules a mapping holds, told by its own keys.

use super::columnar::Columnar;
use super::records::Records;
use crate::diagnostic::{Report, nearest};
use crate::node::{Kind, Node};

/// The kinds of rules for files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleKind {
    Columnar,
    Record,
    /// Others, by the path of the file.
    FileRules,
}

/// The key of rules by path.
pub(super) const FILE_RULES: &str = "fileRules";

/// Keys that say more about rules for an API than about files.
const API_KEYS: [&str; 9] = [
    "endpoints",
    "version",
    "extends",
    "overrides",
    "allowWidening",
    "definitions",
    "allowedRequestHeaders",
    "allowAllEndpoints",
    "baseVersion",
];

impl RuleKind {
    fn of(key: &str) -> Option<RuleKind> {
        if Columnar::KEYS.contains(&key) {
            Some(RuleKind::Columnar)
        } else if Records::KEYS.contains(&key) {
            Some(RuleKind::Record)
        } else if key == FILE_RULES {
            Some(RuleKind::FileRules)
        } else {
            None
        }
    }

    fn name(self) -> &'static str {
        match self {
            RuleKind::Columnar => "columnar rules",
            RuleKind::Record => "record rules",
            RuleKind::FileRules => "rules by path",
        }
    }
}

/// Every key that tells a kind.
pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
    Columnar::KEYS.into_iter().chain(Records::KEYS).chain([FILE_RULES])
}

/// Whether the keys of a mapping tell a kind, and none is for an API. A misspelled key counts where no other tells.
pub(super) fn is_told(node: &Node) -> bool {
    let Kind::Mapping(entries) = &node.kind else { return false };
    let is = |told: &dyn Fn(&str) -> bool| entries.iter().any(|(key, _)| told(&key.value));
    if is(&|key| RuleKind::of(key).is_some()) {
        return !is(&|key| key == "endpoints" || key == "extends");
    }
    let known: Vec<&str> = keys().collect();
    !is(&|key| API_KEYS.contains(&key)) && is(&|key| nearest(key, &known).is_some())
}

/// The kind of a mapping, from which keys that are not for files are taken away. `None`: there are problems.
pub(super) fn tell(node: &mut Node, report: &mut Report) -> Option<RuleKind> {
    let place = node.place;
    let Kind::Mapping(entries) = &mut node.kind else {
        report
            .error("wrong-kind", place, "rules for files are a mapping")
            .suggest("begin with a key such as `columnsToPseudonymize:`, `format:` or `fileRules:`");
        return None;
    };
    if let Some((key, _)) = entries.iter().find(|(key, _)| key.value == "endpoints") {
        report
            .error("not-bulk-rules", key.place, "this is a rule file for an API, not for files")
            .suggest("rules for files hold columns, record transforms or `fileRules`");
        return None;
    }
    entries.retain(|(key, _)| {
        let is_for_files = !API_KEYS.contains(&key.value.as_str());
        if !is_for_files {
            let message = format!("`{}` belongs to rules for an API", key.value);
            report
                .error("api-key-in-bulk-rules", key.place, message)
                .suggest("remove it; rules for files stand alone");
        }
        is_for_files
    });
    let mut told: Option<(RuleKind, &str)> = None;
    for (key, _) in entries.iter() {
        let Some(kind) = RuleKind::of(&key.value) else { continue };
        match told {
            None => told = Some((kind, &key.value)),
            Some((first, _)) if first == kind => {}
            Some((first, by)) => {
                let (one, other) = (first.name(), kind.name());
                let message = format!("`{by}` is a key of {one}, and `{}` one of {other}", key.value);
                report.error("mixed-bulk-rules", key.place, message).suggest(
                    "write two files, or put both under `fileRules` with the paths that they are for",
                );
                return None;
            }
        }
    }
    // A misspelled key tells the kind too; who reads the rules will report it.
    let known: Vec<&str> = keys().collect();
    let meant = || entries.iter().find_map(|(key, _)| RuleKind::of(nearest(&key.value, &known)?));
    let kind = told.map(|(kind, _)| kind).or_else(meant);
    if kind.is_none() {
        report
            .error("no-bulk-rules", place, "nothing here tells what kind of file these rules are for")
            .suggest(format!("known keys: {}", known.join(", ")));
    }
    kind
}
