//! The path and query that the caller means, as the rules see them.

use http::Uri;

use super::Control;

/// A path, still percent-encoded and beginning with a slash, and a query without its `?`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) path: String,
    pub(crate) query: Option<String>,
}

/// What the front end puts before the source's own path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trim {
    /// `REQUEST_PATH_PREFIX_TO_TRIM`.
    pub(crate) prefix: Option<String>,
    /// The name of the function or service, which some front ends put first.
    pub(crate) instance: Option<String>,
}

impl Target {
    /// The overrides, else the request's own; trimmed once.
    pub(crate) fn of(uri: &Uri, control: &Control, trim: &Trim) -> Target {
        let path = control.path.as_deref().unwrap_or(uri.path());
        let query = control.query.as_deref().or(uri.query());
        Target { path: trim.apply(path), query: query.filter(|it| !it.is_empty()).map(str::to_owned) }
    }
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Target([secret])")
    }
}

impl Trim {
    fn apply(&self, path: &str) -> String {
        let rest = self.prefix.as_deref().map_or(path, |prefix| without_prefix(path, prefix));
        let rest = self.instance.as_deref().map_or(rest, |name| without_segment(rest, name));
        match rest.strip_prefix('/') {
            Some(_) => rest.to_owned(),
            None => format!("/{rest}"),
        }
    }
}

/// Only at a segment boundary: `/api` is no prefix of `/apidocs`.
fn without_prefix<'p>(path: &'p str, prefix: &str) -> &'p str {
    let prefix = prefix.trim_matches('/');
    let bare = path.strip_prefix('/').unwrap_or(path);
    match bare.strip_prefix(prefix) {
        _ if prefix.is_empty() => path,
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest,
        _ => path,
    }
}

fn without_segment<'p>(path: &'p str, name: &str) -> &'p str {
    match path.strip_prefix('/').and_then(|bare| bare.strip_prefix(name)) {
        Some(rest) if !name.is_empty() && (rest.is_empty() || rest.starts_with('/')) => rest,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(uri: &str, control: Control, trim: &Trim) -> (String, Option<String>) {
        let target = Target::of(&uri.parse().unwrap(), &control, trim);
        (target.path, target.query)
    }

    #[test]
    fn overrides_replace_the_path_and_the_query_each_alone() {
        let path = || Some("/v2/users".to_owned());
        let query = |text: &str| Some(text.to_owned());
        let cases = [
            ("/x?a=1", None, None, "/x", Some("a=1")),
            ("/x?a=1", path(), None, "/v2/users", Some("a=1")),
            ("/x?a=1", None, query("b=2"), "/x", Some("b=2")),
            ("/x?a=1", path(), query(""), "/v2/users", None),
            ("/x?", None, None, "/x", None),
            ("https://proxy.lumen-orchard.example/x%2Fy?a=%20", None, None, "/x%2Fy", Some("a=%20")),
            ("https://proxy.lumen-orchard.example", None, None, "/", None),
        ];
        for (uri, path, query, expected_path, expected_query) in cases {
            let control = Control { path, query, ..Control::default() };
            let expected = (expected_path.to_owned(), expected_query.map(str::to_owned));
            assert_eq!(target(uri, control, &Trim::default()), expected, "{uri}");
        }
    }

    #[test]
    fn trims_the_prefix_and_the_instance_once_each() {
        let cases = [
            (Some("api"), None, "/api/v2/users", "/v2/users"),
            (Some("/api"), None, "/api", "/"),
            (Some("/api/"), None, "/api/v2", "/v2"),
            (Some("/api"), None, "/apidocs", "/apidocs"),
            (Some("/api"), None, "/v2/api", "/v2/api"),
            (Some("/api"), None, "/api/api/v2", "/api/v2"),
            (Some("/a/b"), None, "/a/b/c", "/c"),
            (Some("/"), None, "/v2", "/v2"),
            (None, Some("psoxy-zoom"), "/psoxy-zoom", "/"),
            (None, Some("psoxy-zoom"), "/psoxy-zoom/v2", "/v2"),
            (None, Some("psoxy-zoom"), "/Psoxy-Zoom/v2", "/Psoxy-Zoom/v2"),
            (None, Some("psoxy-zoom"), "/psoxy-zoom2/v2", "/psoxy-zoom2/v2"),
            (Some("api"), Some("psoxy-zoom"), "/api/psoxy-zoom/psoxy-zoom/v2", "/psoxy-zoom/v2"),
            (None, Some(""), "/v2", "/v2"),
            (Some("/api"), None, "/api//v2", "//v2"), // ambiguous, and refused as such later
        ];
        for (prefix, instance, path, expected) in cases {
            let trim = Trim { prefix: prefix.map(str::to_owned), instance: instance.map(str::to_owned) };
            assert_eq!(target(path, Control::default(), &trim).0, expected, "{prefix:?} {instance:?} {path}");
        }
    }
}
