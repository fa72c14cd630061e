//! `vizard schema`: the JSON Schema of rule files, for editors.

use crate::exit::{self, Stop};

/// What `--help` says besides.
pub(crate) const USE: &str = "\
In an editor with a YAML language server, put this comment at the top of a rule
file:
  # yaml-language-server: $schema=rule-file.schema.json

Exit codes: 0 done, 64 wrong command line, 74 the schema cannot be written";

pub(crate) fn run() -> Result<(), Stop> {
    exit::print(&vizard_review::schema::text())
}
