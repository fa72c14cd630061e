//! A URL that requests and secrets are sent to: https, or this machine.

use http::Uri;
use url::{Host, Url};

/// Scheme, host and base path, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads `TARGET_HOST`: a host, perhaps with `https://` before it and a base path after it. The error is
    /// what would have been expected.
    pub(super) fn parse(text: &str, loopback_http: bool) -> Result<BaseUrl, String> {
        let text = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = checked(&text, loopback_http)?;
        if url.query().is_some() {
            return Err("a host and perhaps a base path, without a query".to_owned());
        }
        Ok(BaseUrl(url.as_str().trim_end_matches('/').to_owned()))
    }

    /// Such as `https://api.zoom.us` or `https://zoom.lumen-orchard.example/api`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is usually written: without `https://`.
    pub(super) fn host_and_path(&self) -> &str {
        self.0.strip_prefix("https://").unwrap_or(&self.0)
    }
}

/// A whole URL, such as `REFRESH_ENDPOINT`.
pub(crate) fn endpoint(text: &str, loopback_http: bool) -> Result<Uri, String> {
    let url = checked(text, loopback_http)?;
    url.as_str().parse().map_err(|_| "an absolute https URL".to_owned())
}

fn checked(text: &str, loopback_http: bool) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| "an https URL".to_owned())?;
    match url.scheme() {
        "https" => {}
        "http" if loopback_http && is_loopback(&url) => {}
        "http" if loopback_http => {
            return Err("https; plain http goes to 127.0.0.1 or [::1] only, not to a name".to_owned());
        }
        "http" => {
            return Err("https, not http (for a test on this machine: VIZARD_ALLOW_LOOPBACK_HTTP)".to_owned());
        }
        _ => return Err("an https URL".to_owned()),
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("a URL without user, password and fragment".to_owned());
    }
    let path = url.path();
    let odd = path.contains("//") || path.contains('%') || text.contains(['\\', '\n', '\t']);
    if odd || text.split('/').any(|it| it == "." || it == "..") {
        return Err("a URL with a plain path".to_owned());
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_host_with_a_base_path() {
        let cases = [
            ("api.zoom.us", Some("https://api.zoom.us")),
            ("https://api.zoom.us/", Some("https://api.zoom.us")),
            ("API.zoom.us:443", Some("https://api.zoom.us")),
            ("zoom.lumen-orchard.example:8443/api/", Some("https://zoom.lumen-orchard.example:8443/api")),
            ("http://api.zoom.us", None),
            ("http://127.0.0.1:8080", None),
            ("ftp://api.zoom.us", None),
            ("user@api.zoom.us", None),
            ("api.zoom.us?x=1", None),
            ("api.zoom.us#x", None),
            ("api.zoom.us/../x", None),
            ("api.zoom.us/a//b", None),
            ("api zoom us", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(BaseUrl::parse(text, false).ok().as_ref().map(BaseUrl::as_str), expected, "{text}");
        }
    }

    #[test]
    fn plain_http_only_to_this_machine_and_only_on_request() {
        let cases = [
            ("http://127.0.0.1:8080/", Some("http://127.0.0.1:8080")),
            ("http://[::1]:8080", Some("http://[::1]:8080")),
            ("http://localhost:8080", None),
            ("http://10.0.0.1", None),
            ("http://127.0.0.1.lumen-orchard.example", None),
            ("https://api.zoom.us", Some("https://api.zoom.us")),
        ];
        for (text, expected) in cases {
            assert_eq!(BaseUrl::parse(text, true).ok().as_ref().map(BaseUrl::as_str), expected, "{text}");
        }
        assert!(endpoint("https://zoom.us/oauth/token?x=1", false).is_ok());
        assert!(endpoint("zoom.us/oauth/token", false).is_err());
    }
}
