//! A rule file from disk: decoded as a setting would be, and as it runs.

use std::fs::File;
use std::path::Path;

use vizard_proxy::rules_text::{self, RulesText};
use vizard_sanitizer::extends::Resolved;
use vizard_sanitizer::outline::Outline;
use vizard_sanitizer::{Diagnostics, RuleSet};

use crate::exit::{Code, Stop};
use crate::input;

/// A rule file as it was written and as it runs.
#[derive(Debug)]
pub(crate) struct RuleFile {
    /// The path, for messages about the text.
    pub(crate) name: String,
    /// The YAML as written.
    pub(crate) text: String,
    /// What runs: the same, unless the file extends shipped rules.
    pub(crate) resolved: Resolved,
}

impl RuleFile {
    /// Reads, decodes and resolves. Whether the rules can be used is for their loader to say.
    pub(crate) fn read(path: &Path) -> Result<RuleFile, Stop> {
        let rules = written(path)?.map_err(|why| Stop::because(Code::Configuration, why))?;
        let resolved = rules.resolved().map_err(|found| {
            Stop::because(
                Code::Configuration,
                format_args!("could not resolve the rules\n{}", found.to_string().trim_end()),
            )
        })?;
        Ok(RuleFile { name: rules.name, text: rules.text, resolved })
    }

    /// The rules that run, compiled and as a reviewer reads them.
    pub(crate) fn loaded(&self) -> Result<(RuleSet, Outline), Stop> {
        let wrong = |found: Diagnostics| {
            let found = found.to_string();
            Stop::because(Code::Configuration, format_args!("the rules are wrong\n{}", found.trim_end()))
        };
        let (name, text) = (&self.resolved.name, &self.resolved.text);
        Ok((RuleSet::load(name, text).map_err(wrong)?.rules, Outline::read(name, text).map_err(wrong)?))
    }
}

/// The text of a rule file, or what is wrong with it.
pub(crate) fn written(path: &Path) -> Result<Result<RulesText, String>, Stop> {
    let name = path.display().to_string();
    let bytes = input::bounded(File::open(path), &name)?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(Err(format!("{name} is not UTF-8 text")));
    };
    let decoded = rules_text::decode(&text);
    Ok(match decoded {
        Ok(text) => Ok(RulesText { name, text, prebuilt: false }),
        Err(error) => Err(format!("{name} could not be decoded: {error}")),
    })
}
