//! Where files come from and go to, as the command line names it.

use std::ffi::OsStr;
use std::fmt;
use std::path::PathBuf;

/// A place on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// `-`: standard input or output.
    Standard,
    /// A file or a directory of this machine.
    Local(PathBuf),
    /// An object, or all those whose key begins alike.
    Bucket(ObjectUri),
}

/// An object in a bucket. A key that is empty or ends with a slash stands for all that begin so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ObjectUri {
    pub(crate) cloud: Cloud,
    pub(crate) bucket: String,
    pub(crate) key: String,
}

/// Whose bucket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cloud {
    /// `s3://`
    Aws,
    /// `gs://`
    Google,
}

impl Place {
    /// Reads an argument. What begins like a URI of a bucket is one, or wrong.
    pub(crate) fn read(argument: &OsStr) -> Result<Place, String> {
        if argument == "-" {
            return Ok(Place::Standard);
        }
        let uri = argument.to_str().and_then(|text| {
            let (scheme, rest) = text.split_once("://")?;
            Some((text, scheme, rest))
        });
        let Some((text, scheme, rest)) = uri else { return Ok(Place::Local(argument.into())) };
        let cloud = match scheme {
            "s3" => Cloud::Aws,
            "gs" => Cloud::Google,
            _ => return Err(format!("{text} is no place of files; buckets are s3://… or gs://…")),
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |it: u8| {
            it.is_ascii_lowercase()
                || it.is_ascii_digit()
                || matches!(it, b'-' | b'.')
                || it == b'_' && cloud == Cloud::Google
        };
        if !(3..=222).contains(&bucket.len()) || !bucket.bytes().all(plain) {
            return Err(format!("{text} names no bucket"));
        }
        if key.len() > 1024 || key.starts_with('/') || key.chars().any(char::is_control) {
            return Err(format!("{text} names no object of a bucket"));
        }
        Ok(Place::Bucket(ObjectUri { cloud, bucket: bucket.to_owned(), key: key.to_owned() }))
    }
}

impl ObjectUri {
    /// Whether it stands for many objects.
    pub(crate) fn is_prefix(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }

    /// The object of this name below a prefix.
    pub(crate) fn join(&self, name: &str) -> ObjectUri {
        ObjectUri { key: format!("{}{name}", self.key), ..self.clone() }
    }
}

impl fmt::Display for ObjectUri {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.cloud {
            Cloud::Aws => "s3",
            Cloud::Google => "gs",
        };
        write!(out, "{scheme}://{}/{}", self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let cases = [
            ("-", Ok("standard".to_owned())),
            ("exports", Ok("exports".to_owned())),
            ("./s3:", Ok("./s3:".to_owned())),
            ("s3://exports-in/zoom/a b.csv", Ok("s3://exports-in/zoom/a b.csv".to_owned())),
            ("s3://exports-in", Ok("s3://exports-in/".to_owned())),
            ("gs://exports_in/zoom/", Ok("gs://exports_in/zoom/".to_owned())),
            ("s3://exports_in/zoom/", Err("s3://exports_in/zoom/ names no bucket")),
            ("s3://", Err("s3:// names no bucket")),
            ("gs://exports//a", Err("gs://exports//a names no object of a bucket")),
            (
                "https://exports.example/a",
                Err("https://exports.example/a is no place of files; buckets are s3://… or gs://…"),
            ),
        ];
        for (written, expected) in cases {
            let read = Place::read(OsStr::new(written)).map(|place| match place {
                Place::Standard => "standard".to_owned(),
                Place::Local(path) => path.display().to_string(),
                Place::Bucket(uri) => uri.to_string(),
            });
            assert_eq!(read, expected.map_err(str::to_owned), "{written}");
        }
    }
}
