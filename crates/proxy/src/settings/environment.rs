//! Where settings come from first: the environment, and files that are deployed with the program.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::{ErrorKind, Read};

use vizard_pseudonym::is_blank;

/// The environment of this process, or one that a test makes up.
pub trait Environment: Send + Sync + Debug {
    /// The value of a variable; `None` when it is not set. What is not text comes with replacement characters,
    /// which no setting accepts: a limit that cannot be read must not count as none.
    fn value(&self, name: &str) -> Option<String>;

    /// The same without white space around it; `None` also when nothing is left, or only the placeholder `fill me`.
    fn given(&self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        let trimmed = value.trim();
        (!is_blank(trimmed) && trimmed != "fill me").then(|| trimmed.to_owned())
    }

    /// The names of all variables.
    fn names(&self) -> Vec<String>;

    /// A file that is deployed with the program, as text; `Err` says why it could not be read.
    fn resource(&self, name: &str) -> Result<Option<String>, String>;
}

/// The environment of this process, and `/var/psoxy/resources`.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProcessEnvironment;

impl Environment for ProcessEnvironment {
    fn value(&self, name: &str) -> Option<String> {
        std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
    }

    fn names(&self) -> Vec<String> {
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).collect()
    }

    fn resource(&self, name: &str) -> Result<Option<String>, String> {
        let file = match std::fs::File::open(format!("/var/psoxy/resources/{name}")) {
            Ok(file) => file,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(None);
            }
            Err(error) => return Err(error.kind().to_string()),
        };
        whole(file).map(Some)
    }
}

/// Variables and nothing else.
impl Environment for BTreeMap<String, String> {
    fn value(&self, name: &str) -> Option<String> {
        self.get(name).cloned()
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }

    fn resource(&self, _name: &str) -> Result<Option<String>, String> {
        Ok(None)
    }
}

/// Half of a rule file may lack the half that redacts.
fn whole(file: impl Read) -> Result<String, String> {
    let mut text = String::new();
    file.take(LIMIT + 1).read_to_string(&mut text).map_err(|error| error.kind().to_string())?;
    if text.len() as u64 > LIMIT { Err("it is larger than 4 MiB".to_owned()) } else { Ok(text) }
}

const LIMIT: u64 = 4 * 1024 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let limit = usize::try_from(LIMIT).unwrap();
        assert_eq!(whole(&vec![b'x'; limit][..]).map(|it| it.len()), Ok(limit));
        assert!(whole(&vec![b'x'; limit + 1][..]).unwrap_err().contains("4 MiB"));
        assert!(whole(&b"\xff"[..]).is_err());
    }
}
