//! `vizard resolve`: a rule file that extends shipped rules, as the one that runs.

use std::fmt::Write as _;
use std::path::PathBuf;

use vizard_sanitizer::extends::{Base, Resolved};

use crate::exit::{self, Stop};
use crate::rule_file::RuleFile;

/// The command line of `vizard resolve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The rule file: YAML, or the base64 (and gzip) form that settings hold
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(crate) const CODES: &str = "\
Exit codes: 0 done, 64 wrong command line, 65 the file is too large, 66 it
cannot be read, 74 the rules cannot be written, 78 what it extends or overrides
is not there, or it lets out more without saying why";

pub(crate) fn run(arguments: &Arguments) -> Result<(), Stop> {
    let file = RuleFile::read(&arguments.file)?;
    let warnings = &file.resolved.warnings;
    if !warnings.is_empty() {
        exit::remark(warnings.to_string().trim_end());
    }
    exit::print(&printed(&file.name, &file.resolved))
}

/// The file that runs. Above one that extends another stands what it was made of.
fn printed(name: &str, resolved: &Resolved) -> String {
    let Resolved { base: Some(Base { source, version, sha256 }), .. } = resolved else {
        return resolved.text.clone();
    };
    let mut head = format!(
        "# {} extended by {}: these are the rules that run.\n\
         #\n\
         # SHA-256 of {source}@{version}: {sha256}\n\
         # SHA-256 of what stands below this comment, for VIZARD_RULES_SHA256:\n\
         # {}\n",
        on_one_line(&format!("{source}@{version}")),
        on_one_line(name),
        resolved.sha256(),
    );
    if let Some(reason) = resolved.reason.as_deref().filter(|_| !resolved.widened.is_empty()) {
        head.push_str("#\n# More may pass or leave than by the base:\n");
        for widening in &resolved.widened {
            writeln!(head, "# - line {}: {}", widening.place.line, on_one_line(&widening.what))
                .expect("a string takes all text");
        }
        writeln!(head, "# because: {}", on_one_line(reason)).expect("a string takes all text");
    }
    head.push('\n');
    head.push_str(&resolved.text);
    head
}

/// Text that cannot end a comment.
fn on_one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use vizard_sanitizer::extends::{Shipped, resolve};

    const BASE: Shipped<'static> = Shipped {
        source: "tea",
        text: "version: \"1.2\"\nendpoints:\n  - pathTemplate: /v2/cups\n    allowedMethods: [GET]\n",
    };

    #[test]
    fn prints_a_file_that_extends_nothing_as_it_is() {
        let text = "endpoints: [] # none\r\n";
        assert_eq!(printed("rules.yaml", &resolve("rules.yaml", text, &[BASE]).unwrap()), text);
    }

    #[test]
    fn says_what_the_rules_are_made_of_and_why_they_let_out_more() {
        let ours = "extends: tea@1\nallowWidening: \"cups are washed\\nendpoints: by hand\"\noverrides:\n- pathTemplate: /v2/cups\n  allowedMethods: [GET, DELETE]\n";
        let resolved = resolve("ours\n.yaml", ours, &[BASE]).unwrap();
        let shown = printed("ours\n.yaml", &resolved);
        let (head, text) = shown.split_once("\n\n").unwrap();
        assert_eq!(text, resolved.text);
        assert!(head.lines().all(|line| line.starts_with('#')), "{head}");
        for said in [
            "# tea@1.2 extended by ours .yaml: ",
            &resolved.sha256(),
            &resolved.base.as_ref().unwrap().sha256,
            "# - line 5: this endpoint of the base does not allow the method `DELETE`\n",
            "# because: cups are washed endpoints: by hand",
        ] {
            assert!(head.contains(said), "{said} is not in\n{head}");
        }
    }
}
