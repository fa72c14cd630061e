//! The call that a body answers, from the `--url` argument.

/// Path and query as written. A URL library would tidy them first, and the rules would judge something else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target<'a> {
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Cuts a path with query, or a full URL. A fragment never leaves a client and is dropped.
    pub(crate) fn split(url: &'a str) -> Result<Target<'a>, &'static str> {
        let url = url.split_once('#').map_or(url, |(before, _)| before);
        let rest = match url.split_once("://") {
            Some((scheme, after)) if is_scheme(scheme) => {
                let end = after.find(['/', '?']).unwrap_or(after.len());
                if end == 0 {
                    return Err("--url has no host between the scheme and the path");
                }
                &after[end..]
            }
            _ if url.starts_with('/') => url,
            _ => return Err("--url must be a path that starts with '/', or a full URL"),
        };
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        let path = if path.is_empty() { "/" } else { path };
        Ok(Target { path, query })
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_paths_and_urls_as_written() {
        let cases = [
            ("/v2/users", Some(("/v2/users", None))),
            ("/v2/users?", Some(("/v2/users", Some("")))),
            ("/v2/users?a=%20&b=?#top", Some(("/v2/users", Some("a=%20&b=?")))),
            ("https://api.zoom.us/v2/../users/%2e%2E", Some(("/v2/../users/%2e%2E", None))),
            ("HTTPS://api.zoom.us:443//v2", Some(("//v2", None))),
            ("https://api.zoom.us", Some(("/", None))),
            ("https://api.zoom.us?page_size=1", Some(("/", Some("page_size=1")))),
            ("https://api.zoom.us#/v2/users", Some(("/", None))),
            ("/redirect?to=https://api.zoom.us/v2", Some(("/redirect", Some("to=https://api.zoom.us/v2")))),
            ("/v2/meetings/t+lVW/pfo==", Some(("/v2/meetings/t+lVW/pfo==", None))),
            ("api.zoom.us/v2/users", None),
            ("https:///v2/users", None),
            ("v2", None),
            ("", None),
        ];
        for (url, expected) in cases {
            let split = Target::split(url).ok();
            assert_eq!(split.as_ref().map(|it| (it.path, it.query)), expected, "{url:?}");
        }
    }
}
