//! URIs of places in buckets: `s3://bucket/prefix`, `gs://bucket/prefix`.

/// A bucket, and what the names of all objects put there begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketUri {
    /// The bucket.
    pub bucket: String,
    /// Empty, or ends with a slash: between prefix and key there is always one.
    pub prefix: String,
    scheme: &'static str,
}

impl BucketUri {
    /// Reads a URI of `scheme` (`s3` or `gs`); `None` when it is none. Names are as narrow as both clouds take them,
    /// but for the underscore, which only Google has.
    pub fn parse(uri: &str, scheme: &'static str) -> Option<BucketUri> {
        let rest = uri.strip_prefix(scheme)?.strip_prefix("://")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let named = |it: u8| {
            it.is_ascii_lowercase()
                || it.is_ascii_digit()
                || matches!(it, b'-' | b'.')
                || it == b'_' && scheme == "gs"
        };
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(named) {
            return None;
        }
        let prefix = prefix.trim_matches('/');
        let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b'/' | b'=');
        if !prefix.bytes().all(plain) || prefix.split('/').any(|it| it == ".." || it == ".") {
            return None;
        }
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Some(BucketUri { bucket: bucket.to_owned(), prefix, scheme })
    }

    /// The name of the object with this key.
    pub fn object(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// The URI of the object with this key.
    pub fn location(&self, key: &str) -> String {
        format!("{}://{}/{}{key}", self.scheme, self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_uris_of_its_scheme_and_nothing_else() {
        let cases = [
            ("s3://answers", Some(("answers", ""))),
            ("s3://answers/", Some(("answers", ""))),
            ("s3://answers/zoom/v2/", Some(("answers", "zoom/v2/"))),
            ("s3://answers/zoom", Some(("answers", "zoom/"))),
            ("s3://", None),
            ("s3://Answers", None),
            ("s3://an_swers", None),
            ("s3://answers/../other", None),
            ("s3://answers/a b", None),
            ("s3:answers", None),
            ("gs://answers", None),
            ("https://sqs.eu-central-1.amazonaws.com/1/q", None),
            ("answers", None),
        ];
        for (uri, expected) in cases {
            let parsed = BucketUri::parse(uri, "s3");
            let parsed = parsed.as_ref().map(|it| (it.bucket.as_str(), it.prefix.as_str()));
            assert_eq!(parsed, expected, "{uri}");
        }
        let answers = BucketUri::parse("gs://lumen_answers/zoom/", "gs").unwrap();
        assert_eq!(answers.object("20260302/a"), "zoom/20260302/a");
        assert_eq!(answers.location("20260302/a"), "gs://lumen_answers/zoom/20260302/a");
        assert_eq!(BucketUri::parse("s3://answers", "gs"), None);
    }
}
