//! What outputs say of themselves: who made them, of what and with what. By it a later event finds them made.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{self, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use super::Transform;
use super::destination::Declared;
use crate::outputs::fitting;
use crate::ports::{FileForm, FileHead, FilePlace};
use crate::respond::VERSION;

/// What is the same in all outputs of an instance.
#[derive(Debug, Clone, Default)]
pub(super) struct Stamp {
    pub(super) instance: Option<String>,
    /// SHA-1 of `RULES` as it is configured, or `unknown`: what existing tools compare.
    pub(super) rules: String,
    /// The fingerprint of the salt; empty if there is none.
    pub(super) salt: String,
}

impl Stamp {
    /// Of `RULES` as it is written.
    pub(super) fn new(instance: Option<String>, raw_rules: Option<&str>, salt: &str) -> Stamp {
        let sha1 = |text: &str| hex(digest::digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()).as_ref());
        let rules = raw_rules.map_or_else(|| "unknown".to_owned(), sha1);
        Stamp { instance, rules, salt: salt.to_owned() }
    }
}

/// Of an output.
pub(super) fn output(
    stamp: &Stamp,
    source: &FilePlace,
    head: &FileHead,
    transform: &Transform,
    declared: &Declared,
) -> FileForm {
    let mut metadata = common(stamp, source, head);
    metadata.push((MADE_WITH, transform.made_with.clone()));
    FileForm {
        content_type: declared.content_type.clone().filter(|it| is_plain(it) && it.len() <= 256),
        content_encoding: declared.content_encoding.map(str::to_owned),
        metadata: fitted(metadata),
    }
}

/// Of rows that were set aside.
pub(super) fn rejected(stamp: &Stamp, source: &FilePlace, head: &FileHead) -> FileForm {
    FileForm {
        content_type: Some("application/x-ndjson".to_owned()),
        content_encoding: None,
        metadata: fitted(common(stamp, source, head)),
    }
}

/// Whether an output with this metadata is what would be made of the file now.
pub(super) fn is_made_of(
    metadata: &BTreeMap<String, String>,
    head: &FileHead,
    transform: &Transform,
) -> bool {
    metadata.get(SOURCE_VERSION) == Some(&head.version)
        && metadata.get(MADE_WITH) == Some(&transform.made_with)
}

/// Of an output that is made by hand, of a file in a bucket or elsewhere.
pub(super) fn by_hand(
    stamp: &Stamp,
    source: Option<(&FilePlace, &FileHead)>,
    content_type: Option<String>,
    content_encoding: Option<&'static str>,
) -> FileForm {
    FileForm {
        content_type: content_type.filter(|it| is_plain(it) && it.len() <= 256),
        content_encoding: content_encoding.map(str::to_owned),
        metadata: fitted(of(stamp, source)),
    }
}

fn common(stamp: &Stamp, source: &FilePlace, head: &FileHead) -> Vec<(&'static str, String)> {
    of(stamp, Some((source, head)))
}

fn of(stamp: &Stamp, source: Option<(&FilePlace, &FileHead)>) -> Vec<(&'static str, String)> {
    let mut metadata = Vec::new();
    metadata.extend(stamp.instance.clone().map(|it| (INSTANCE, it)));
    metadata.push(("psoxy-version", VERSION.to_owned()));
    if let Some((place, _)) = source {
        metadata.push(("psoxy-original-object-key", printable(&format!("{}/{}", place.bucket, place.key))));
    }
    metadata.push(("psoxy-rules-sha", stamp.rules.clone()));
    if !stamp.salt.is_empty() {
        metadata.push(("psoxy-salt-sha", stamp.salt.clone()));
    }
    metadata.extend(source.map(|(_, head)| (SOURCE_VERSION, head.version.clone())));
    metadata
}

/// A key that is too long for metadata is left out, and it is told that something is missing.
fn fitted(metadata: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    let mut fitted = fitting(metadata.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
    for (name, _) in &mut fitted {
        name.make_ascii_lowercase();
    }
    fitted
}

/// Bytes that metadata cannot hold, percent-encoded; all else as it is.
fn printable(key: &str) -> String {
    let letter = |byte: u8| match byte {
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    key.bytes().map(letter).collect()
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|it| matches!(it, b' '..=b'~'))
}

/// A digest of several parts.
pub(super) fn sha256(parts: &[&str]) -> String {
    let mut context = digest::Context::new(&SHA256);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    hex(context.finish().as_ref())
}

/// Of a text, as `sha256sum` prints it.
pub(super) fn sha256_of(text: &str) -> String {
    hex(digest::digest(&SHA256, text.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whose output it is: what comes back to the same instance is not sanitized again.
pub(super) const INSTANCE: &str = "psoxy-instance-id";

const SOURCE_VERSION: &str = "vizard-source-version";
const MADE_WITH: &str = "vizard-made-with";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Object;

    fn told(key: &str) -> BTreeMap<String, String> {
        let stamp = Stamp::new(
            Some("vizard-hris".to_owned()),
            Some("Zm9ybWF0OiBOREpTT04K"),
            "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y",
        );
        let source = FilePlace { bucket: "orchard-input".to_owned(), key: key.to_owned() };
        let head = FileHead {
            size: 1,
            content_type: None,
            content_encoding: None,
            metadata: BTreeMap::new(),
            version: "1772438400000001".to_owned(),
        };
        rejected(&stamp, &source, &head).metadata.into_iter().collect()
    }

    #[test]
    fn an_output_says_who_made_it_of_what() {
        let expected = [
            ("psoxy-instance-id", "vizard-hris"),
            ("psoxy-original-object-key", "orchard-input/2026/M%C3%A4rz report.csv"),
            ("psoxy-rules-sha", "96cf246bfed43cf171dff94ecbdda9d00efb2075"),
            ("psoxy-salt-sha", "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y"),
            ("psoxy-version", VERSION),
            ("vizard-source-version", "1772438400000001"),
        ];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(told("2026/März report.csv"), expected.into());
        let bare = Stamp::new(None, None, "");
        assert_eq!((bare.instance, bare.rules.as_str()), (None, "unknown"));
    }

    #[test]
    fn it_fits_whatever_the_key_is() {
        let told = told(&"ä".repeat(512));
        assert!(!told.contains_key("psoxy-original-object-key"));
        assert_eq!(told["metadata-dropped"], "1");
        let size: usize = told.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(size <= Object::METADATA_LIMIT);
    }

    #[test]
    fn a_digest_of_parts_knows_where_they_end() {
        assert_ne!(sha256(&["ab", "c"]), sha256(&["a", "bc"]));
        assert_eq!(sha256(&[]).len(), 64);
    }
}
