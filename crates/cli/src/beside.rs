//! What stands beside a rule file: the connector, which needs permissions at the source, and example calls.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use vizard_proxy::connector::Connector;
use vizard_sanitizer::trials::{Example, read_examples};

use crate::exit::{Code, Stop};
use crate::input;

/// What was found beside a rule file.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) connector: Option<(Text, Connector)>,
    pub(crate) examples: Option<(Text, Vec<Example>)>,
}

/// A file that belongs to a rule file.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Beside {
    /// Reads the files that were asked for, which must be there, or else those of the usual names, if they are there.
    pub(crate) fn of(
        rules: &Path,
        connector: Option<&Path>,
        examples: Option<&Path>,
    ) -> Result<Beside, Stop> {
        let connector = text(rules, connector, "connector.yaml")?.map(read_connector).transpose()?;
        let examples = text(rules, examples, "examples.yaml")?.map(read_calls).transpose()?;
        Ok(Beside { connector, examples })
    }

    /// The files, for those who show lines of them.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Text> {
        let connector = self.connector.iter().map(|(text, _)| text);
        connector.chain(self.examples.iter().map(|(text, _)| text))
    }
}

fn text(rules: &Path, asked: Option<&Path>, usual: &str) -> Result<Option<Text>, Stop> {
    let path = match asked {
        Some(asked) => asked.to_owned(),
        None => rules.parent().unwrap_or(Path::new("")).join(usual),
    };
    let file = match (File::open(&path), asked) {
        (Err(error), None) if error.kind() == ErrorKind::NotFound => return Ok(None),
        (file, _) => file,
    };
    let name = path.display().to_string();
    let bytes = input::bounded(file, &name)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(Text { name, text })),
        Err(_) => Err(Stop::because(Code::Configuration, format_args!("{name} is not UTF-8 text"))),
    }
}

fn read_connector(file: Text) -> Result<(Text, Connector), Stop> {
    match Connector::parse(&file.text) {
        Ok(connector) => Ok((file, connector)),
        Err(why) => {
            Err(Stop::because(Code::Configuration, format_args!("{} cannot be used: {why}", file.name)))
        }
    }
}

fn read_calls(file: Text) -> Result<(Text, Vec<Example>), Stop> {
    match read_examples(&file.name, &file.text) {
        Ok(calls) => Ok((file, calls)),
        Err(found) => {
            let found = found.to_string();
            let why = format_args!("{} cannot be used\n{}", file.name, found.trim_end()).to_string();
            Err(Stop::because(Code::Configuration, why))
        }
    }
}
