//! Rules for files: which columns or fields of a file leave, and as what.
//!
//! A rule file is of one of three kinds, told by its own keys: for tables ([`Columnar`]), for records ([`Records`]),
//! or `fileRules`, which holds others by the path of the file. [`BulkRules::load`] compiles it or says everything that
//! is wrong with it. How files are read and written is not of this crate.
//!
//! ```
//! use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Settings};
//! use vizard_sanitizer::bulk::{BulkRules, Cell, FileRules};
//!
//! let rules = "
//! columnsToPseudonymize: [email]
//! columnsToRedact: [phone]
//! pseudonymFormat: URL_SAFE_TOKEN
//! ";
//! let rules = BulkRules::load("rules.yaml", rules).unwrap().rules;
//! let Some(FileRules::Columnar(rules)) = rules.for_path("people.csv") else { panic!("they are columnar") };
//! let columns = rules.bind(&["Team", "E-Mail", "Phone"]).unwrap_err();
//! assert_eq!(columns.to_string(), "the rules name `email`, which the header of the file does not have");
//!
//! let columns = rules.bind(&["Team", "EMAIL", "Phone"]).unwrap();
//! let names: Vec<&str> = columns.all().iter().map(|column| column.name.as_str()).collect();
//! assert_eq!(names, ["Team", "EMAIL"]);
//!
//! let keys = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
//! let mut cell = String::new();
//! assert_eq!(columns.all()[1].cell("Alice@acme.com", &keys, &mut cell), Ok(Cell::Pseudonym));
//! assert_eq!(cell, "t~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk@acme.com");
//! ```

// As written.
mod file_rules;
mod kind;
mod template;

// As run.
mod columnar;
mod records;

use std::fmt;

use crate::diagnostic::{Diagnostics, Place, Report};
use crate::node::{self, Fields, Node};
use crate::rule_set::hexadecimal_sha256;
use crate::transform::Needs;
pub use columnar::{Cell, Column, Columnar, Columns, Reason, Unbound};
use file_rules::ByPath;
use kind::RuleKind;
pub(crate) use kind::keys;
pub use records::{BadRecord, DeclaredFormat, Layout, Leaf, Records, Rewrite, Segment, ValueKind};

/// The rules of a rule file for files, compiled once and shared.
pub struct BulkRules {
    rules: Rules,
    sha256: String,
}

enum Rules {
    /// For all files.
    One(Box<FileRules>),
    ByPath(ByPath),
}

/// The rules of one kind of file.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there are a few of them, each in a box")]
pub enum FileRules {
    /// For tables: what happens to each column.
    Columnar(Columnar),
    /// For records: what happens at each path.
    Record(Records),
}

/// Rules that can be used, and what their author should know about them.
#[derive(Debug)]
pub struct LoadedBulk {
    /// The rules.
    pub rules: BulkRules,
    /// Warnings only.
    pub warnings: Diagnostics,
}

/// Whether a text is a rule file for files rather than for an API, by the keys at its top.
///
/// ```
/// use vizard_sanitizer::bulk::is_bulk;
///
/// assert!(is_bulk("columnsToRedact: [phone]"));
/// assert!(!is_bulk("endpoints: []"));
/// ```
pub fn is_bulk(yaml: &str) -> bool {
    node::parse(yaml, &mut Report::default()).is_some_and(|node| kind::is_told(&node))
}

impl BulkRules {
    /// Compiles a rule file. `name` is used in messages only.
    ///
    /// # Errors
    ///
    /// Every problem of the file at once, warnings included, when at least one of them is an error.
    pub fn load(name: &str, yaml: &str) -> Result<LoadedBulk, Diagnostics> {
        let mut report = Report::default();
        match read(yaml, &mut report) {
            Some(rules) if !report.has_errors() => {
                let rules = BulkRules { rules, sha256: hexadecimal_sha256(yaml) };
                Ok(LoadedBulk { rules, warnings: report.finish(name, yaml) })
            }
            _ => Err(report.finish(name, yaml)),
        }
    }

    /// The rules for a file, by its path or object key as a whole. `None`: no template matches.
    pub fn for_path(&self, path: &str) -> Option<&FileRules> {
        match &self.rules {
            Rules::One(rules) => Some(rules),
            Rules::ByPath(rules) => rules.find(path),
        }
    }

    /// All rules, in the order of the file, with the templates of the paths that they are for. That of a nested one
    /// stands behind the outer one's, as in `export/{file}: users.csv`.
    pub fn files(&self) -> impl Iterator<Item = (Option<&str>, &FileRules)> {
        let all = match &self.rules {
            Rules::One(rules) => vec![(None, &**rules)],
            Rules::ByPath(rules) => {
                rules.all().into_iter().map(|(path, rules)| (Some(path), rules)).collect()
            }
        };
        all.into_iter()
    }

    /// What must be configured for these rules to work.
    pub fn needs(&self) -> Needs {
        self.files().fold(Needs::default(), |all, (_, rules)| all.and(rules.needs()))
    }

    /// SHA-256 of the text of the rule file, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

impl FileRules {
    /// What must be configured for these rules to work.
    pub fn needs(&self) -> Needs {
        match self {
            // Columns have pseudonyms that nobody turns back.
            FileRules::Columnar(_) => Needs::default(),
            FileRules::Record(records) => records.needs(),
        }
    }
}

impl fmt::Debug for BulkRules {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("BulkRules")
            .field("files", &self.files().count())
            .field("sha256", &self.sha256)
            .finish()
    }
}

fn read(yaml: &str, report: &mut Report) -> Option<Rules> {
    let Some(mut node) = node::parse(yaml, report) else {
        if !report.has_errors() {
            report.error("no-bulk-rules", Place { line: 1, column: 1 }, "the file is empty");
        }
        return None;
    };
    match kind::tell(&mut node, report)? {
        RuleKind::FileRules => ByPath::read(node, None, report).map(Rules::ByPath),
        kind @ (RuleKind::Columnar | RuleKind::Record) => {
            read_one(node, kind, report).map(|rules| Rules::One(Box::new(rules)))
        }
    }
}

/// Reads the rules of one kind of file.
fn read_one(node: Node, kind: RuleKind, report: &mut Report) -> Option<FileRules> {
    const WHY: &str = "scopes no longer take part in pseudonyms";
    match kind {
        RuleKind::Columnar => {
            let mut fields = Fields::open(node, "columnar rules", report)?;
            let rules = Columnar::read(&mut fields, report);
            fields.ignored("defaultScopeIdForSource", WHY, report);
            fields.close(report);
            Some(FileRules::Columnar(rules))
        }
        RuleKind::Record => {
            let mut fields = Fields::open(node, "record rules", report)?;
            let rules = Records::read(&mut fields, report);
            fields.ignored("defaultScopeIdForSource", WHY, report);
            fields.close(report);
            rules.map(FileRules::Record)
        }
        RuleKind::FileRules => None,
    }
}

#[cfg(test)]
mod tests;
