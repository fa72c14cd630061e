//! Rule files that extend shipped ones: `extends: zoom@1`, and overrides that only narrow unless a reason is given.
//!
//! [`resolve`] makes of such a file one that stands alone: text that can be printed, reviewed, hashed and loaded.
//! Everything else in this crate knows only files that stand alone.

mod apply;
mod changes;
mod derived;
mod emit;
mod fall_through;
mod version;

pub(crate) use version::read as read_version;

use crate::diagnostic::{Diagnostics, Place, Report};
use crate::node::{self, Kind, Node};
use crate::rule_set::hexadecimal_sha256;
use derived::Derived;

/// A rule file that others can extend.
#[derive(Clone, Copy, Debug)]
pub struct Shipped<'t> {
    /// What stands before the `@`.
    pub source: &'t str,
    /// The YAML; its key `version` is what stands behind the `@`.
    pub text: &'t str,
}

/// A rule file that stands alone, and what it was made of.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The name for messages about [`Resolved::text`].
    pub name: String,
    /// The rules that decide: as written when the file extends nothing, byte for byte.
    pub text: String,
    /// What was extended.
    pub base: Option<Base>,
    /// What is different from the base, in the order of the file.
    pub overrides: Vec<Override>,
    /// What lets out more than the base, in the order of the file; empty unless there is a reason.
    pub widened: Vec<Widening>,
    /// `allowWidening`, as written.
    pub reason: Option<String>,
    /// What the author of the extending file should know; the places are in that file.
    pub warnings: Diagnostics,
}

impl Resolved {
    /// SHA-256 of [`Resolved::text`], in hexadecimal: the digest of the rules once they are loaded.
    pub fn sha256(&self) -> String {
        hexadecimal_sha256(&self.text)
    }
}

/// The shipped rules that a file extends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// What stands before the `@`, such as `zoom`.
    pub source: String,
    /// The version that this program has, such as `1.0`.
    pub version: String,
    /// SHA-256 of the text, in hexadecimal.
    pub sha256: String,
}

/// One override of an endpoint of the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Where it stands in the extending file.
    pub place: Place,
    /// The template or regex of the endpoint.
    pub endpoint: String,
    /// The keys it overrides, such as `removed` or `allowedMethods`.
    pub keys: Vec<&'static str>,
}

/// Something that leaves, or passes, and by the base would not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widening {
    /// Where it stands in the extending file.
    pub place: Place,
    /// A sentence fragment that says what.
    pub what: String,
}

/// Makes a rule file that stands alone. `name` is used in messages only.
///
/// A file that does not extend another one is not judged here; [`crate::RuleSet::load`] says what is wrong with it.
///
/// ```
/// use vizard_sanitizer::extends::{Shipped, resolve};
///
/// let base = "version: \"1.0\"\nendpoints:\n- pathTemplate: /v2/users\n- pathTemplate: /v2/rooms\n";
/// let ours = "extends: tea@1\noverrides:\n- pathTemplate: /v2/rooms\n  removed: true\n";
/// let resolved = resolve("ours.yaml", ours, &[Shipped { source: "tea", text: base }]).unwrap();
/// assert_eq!(resolved.text, "endpoints:\n  - pathTemplate: /v2/users\n");
/// ```
///
/// # Errors
///
/// Every problem of the extending file at once, warnings included, when at least one of them is an error.
pub fn resolve(name: &str, yaml: &str, shipped: &[Shipped<'_>]) -> Result<Resolved, Diagnostics> {
    // Most files extend nothing, and are not to be parsed twice for that. A key that is spelled with escapes is
    // overlooked here, and the loader refuses it.
    if !yaml.contains("extends") {
        return Ok(as_written(name, yaml));
    }
    let mut report = Report::default();
    match node::parse(yaml, &mut report).filter(extends) {
        None => Ok(as_written(name, yaml)),
        Some(root) => match derive(name, root, shipped, &mut report) {
            Some(resolved) if !report.has_errors() => {
                Ok(Resolved { warnings: report.finish(name, yaml), ..resolved })
            }
            _ => Err(report.finish(name, yaml)),
        },
    }
}

fn extends(root: &Node) -> bool {
    matches!(&root.kind, Kind::Mapping(entries) if entries.iter().any(|(key, _)| key.value == "extends"))
}

fn as_written(name: &str, yaml: &str) -> Resolved {
    Resolved {
        name: name.to_owned(),
        text: yaml.to_owned(),
        base: None,
        overrides: Vec::new(),
        widened: Vec::new(),
        reason: None,
        warnings: Report::default().finish(name, ""),
    }
}

fn derive(name: &str, root: Node, shipped: &[Shipped<'_>], report: &mut Report) -> Option<Resolved> {
    let derived = Derived::read(root, report)?;
    let (shipped, base, version) = version::find(&derived.extends, shipped, report)?;
    let reason = derived.reason.as_ref().map(|it| it.value.clone());
    let applied = apply::apply(derived, base, report);
    Some(Resolved {
        name: format!("{name} (resolved)"),
        text: emit::emit(&applied.root),
        base: Some(Base {
            source: shipped.source.to_owned(),
            version,
            sha256: hexadecimal_sha256(shipped.text),
        }),
        overrides: applied.overrides,
        widened: applied.widened,
        reason,
        warnings: Report::default().finish(name, ""),
    })
}

#[cfg(test)]
mod tests;
