//! The headers of the source that the caller may see. Each has a grammar that leaves no room for a
//! name or an address; a value outside it is dropped and counted in a warning.
//!
//! `link` is always dropped: its URLs hold the identifiers that were just reversed, and the host of
//! the source. `etag` is replaced by its pseudonym, because a source may make it of a name, and
//! because a plain digest of the original is an oracle for the original. It still tells a caller
//! whether something changed.

use http::header::{CACHE_CONTROL, ETAG, EXPIRES, LAST_MODIFIED, LINK, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue};
use vizard_pseudonym::Pseudonymizer;

use super::WARNING;

/// Headers for the answer, and warnings about them.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    headers: HeaderMap,
    warnings: Vec<String>,
}

impl Passed {
    /// Adds a warning for the caller, a header-safe code.
    pub(crate) fn warn(&mut self, code: String) {
        self.warnings.push(code);
    }

    pub(crate) fn into_headers(self) -> HeaderMap {
        let mut headers = self.headers;
        for warning in self.warnings {
            if let Ok(value) = HeaderValue::try_from(warning) {
                headers.append(WARNING, value);
            }
        }
        headers
    }
}

/// What of the source's headers passes.
pub(crate) fn passed(source: &HeaderMap, keys: &Pseudonymizer) -> Passed {
    let mut passed = Passed::default();
    let mut dropped = 0;
    for name in source.keys() {
        let Some(grammar) = Grammar::of(name) else {
            continue;
        };
        let mut kept = Vec::new();
        for value in source.get_all(name) {
            match value.to_str().ok().and_then(|text| grammar.read(text.trim(), keys)) {
                Some(text) => kept.push(text),
                None => dropped += 1,
            }
        }
        if let Ok(value) = HeaderValue::try_from(kept.join(","))
            && !kept.is_empty()
        {
            passed.headers.insert(name.clone(), value);
        }
    }
    if source.contains_key(LINK) {
        passed.warn("link-dropped".to_owned());
    }
    if dropped > 0 {
        passed.warn(format!("header-dropped={dropped}"));
    }
    passed
}

/// What a header's value may look like.
enum Grammar {
    CacheControl,
    ETag,
    Date,
    DateOrSeconds,
    Quota,
}

impl Grammar {
    fn of(name: &HeaderName) -> Option<Grammar> {
        match name {
            name if name == CACHE_CONTROL => Some(Grammar::CacheControl),
            name if name == ETAG => Some(Grammar::ETag),
            name if name == LAST_MODIFIED => Some(Grammar::Date),
            name if name == EXPIRES || name == RETRY_AFTER => Some(Grammar::DateOrSeconds),
            name => is_quota(name.as_str()).then_some(Grammar::Quota),
        }
    }

    fn read(&self, text: &str, keys: &Pseudonymizer) -> Option<String> {
        match self {
            Grammar::CacheControl => {
                let known: Vec<_> = text.split(',').map(str::trim).filter(|it| is_directive(it)).collect();
                (!known.is_empty()).then(|| known.join(", "))
            }
            // Weak, because equal originals need not have equal sanitized forms under other rules.
            Grammar::ETag => Some(format!("W/\"{}\"", keys.hash_only(&format!("etag {text}")))),
            Grammar::Date => (is_http_date(text) || is_instant(text)).then(|| text.to_owned()),
            Grammar::DateOrSeconds => {
                (is_http_date(text) || is_instant(text) || is_number(text) || text == "-1")
                    .then(|| text.to_owned())
            }
            Grammar::Quota => {
                let plain = |it: &str| {
                    is_number(it)
                        || is_instant(it)
                        || QUOTA_WORDS.iter().any(|word| word.eq_ignore_ascii_case(it))
                };
                (is_http_date(text) || text.split([',', ';']).map(str::trim).all(plain))
                    .then(|| text.to_owned())
            }
        }
    }
}

/// `x-ratelimit` followed by nothing but words about quotas.
fn is_quota(name: &str) -> bool {
    name.strip_prefix("x-ratelimit").is_some_and(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix('-')
                .is_some_and(|words| words.split('-').all(|it| QUOTA_NAMES.contains(&it)))
    })
}

fn is_directive(text: &str) -> bool {
    let (name, seconds) = match text.split_once('=') {
        Some((name, seconds)) => (name, is_number(seconds)),
        None => (text, true),
    };
    seconds && DIRECTIVES.iter().any(|directive| directive.eq_ignore_ascii_case(name))
}

/// At most as long as a Unix time in milliseconds.
fn is_number(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    is_digits(whole, 13) && is_digits(fraction, 6)
}

fn is_digits(text: &str, at_most: usize) -> bool {
    (1..=at_most).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit())
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
fn is_http_date(text: &str) -> bool {
    let Some(text) = text.strip_suffix(" GMT") else {
        return false;
    };
    let parts: Vec<_> = text.split(' ').collect();
    let [day, date, month, year, time] = parts.as_slice() else {
        return false;
    };
    DAYS.contains(day) && is_digits(date, 2) && MONTHS.contains(month) && is_digits(year, 4) && is_time(time)
}

/// `2020-05-31T00:00:00Z`, with a fraction or an offset if need be.
fn is_instant(text: &str) -> bool {
    text.len() <= 35
        && text.contains('T')
        && text.parse::<jiff::Timestamp>().is_ok()
        && text.bytes().all(|it| it.is_ascii_digit() || b"-:.+TZ".contains(&it))
}

fn is_time(text: &str) -> bool {
    text.len() == 8
        && text.split(':').count() == 3
        && text.split(':').all(|it| it.len() == 2 && is_digits(it, 2))
}

const DAYS: [&str; 7] = ["Mon,", "Tue,", "Wed,", "Thu,", "Fri,", "Sat,", "Sun,"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const DIRECTIVES: [&str; 13] = [
    "immutable",
    "max-age",
    "must-revalidate",
    "must-understand",
    "no-cache",
    "no-store",
    "no-transform",
    "private",
    "proxy-revalidate",
    "public",
    "s-maxage",
    "stale-if-error",
    "stale-while-revalidate",
];

const QUOTA_NAMES: [&str; 27] = [
    "after",
    "burst",
    "category",
    "concurrent",
    "cost",
    "daily",
    "day",
    "global",
    "hour",
    "interval",
    "limit",
    "minute",
    "month",
    "period",
    "policy",
    "quota",
    "remaining",
    "requests",
    "reset",
    "resource",
    "retry",
    "scope",
    "second",
    "tokens",
    "type",
    "used",
    "window",
];

const QUOTA_WORDS: [&str; 17] = [
    "code_search",
    "core",
    "daily",
    "daily-limit",
    "global",
    "graphql",
    "heavy",
    "intensive",
    "light",
    "medium",
    "qps",
    "resource-intensive",
    "search",
    "user",
    "app",
    "account",
    "monthly",
];

#[cfg(test)]
mod tests {
    use vizard_pseudonym::{KeyMaterial, Secret, Settings};

    use super::*;

    fn keys() -> Pseudonymizer {
        let keys = KeyMaterial {
            salt: Secret::new("salt"),
            encryption_key: None,
            ip_salt: None,
            ip_encryption_key: None,
            domain_salt: None,
            domain_encryption_key: None,
        };
        Pseudonymizer::new(&keys, Settings::default())
    }

    #[test]
    fn passes_what_is_of_its_grammar() {
        let same = [
            ("cache-control", "no-store"),
            ("cache-control", "max-age=60, must-revalidate"),
            ("expires", "0"),
            ("expires", "-1"),
            ("expires", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("retry-after", "120"),
            ("retry-after", "2020-05-31T00:00:00Z"),
            ("retry-after", "2020-05-31T00:00:00.123+02:00"),
            ("retry-after", "Sun, 31 May 2020 00:00:00 GMT"),
            ("x-ratelimit", "1"),
            ("x-ratelimit-category", "Light"),
            ("x-ratelimit-type", "Daily-limit"),
            ("x-ratelimit-limit", "6000"),
            ("x-ratelimit-remaining", "5893"),
            ("x-ratelimit-reset", "1717000000000"),
            ("x-ratelimit-reset", "2020-05-31T00:00:00Z"),
            ("x-ratelimit-limit-minute", "100, 100;60"),
        ];
        for (name, value) in same {
            assert_eq!(after(&[(name, value)]), [(name.to_owned(), value.to_owned())], "{name}: {value}");
        }
    }

    #[test]
    fn drops_the_rest() {
        let silent = [
            "set-cookie",
            "content-type",
            "server",
            "x-zm-trackingid",
            "location",
            "www-authenticate",
            "x-ratelimit-mira",
            "x-ratelimited",
            "x-rate-limit-limit",
        ];
        for name in silent {
            assert_eq!(after(&[(name, "1")]), [], "{name}");
        }
        let counted = [
            ("cache-control", "private=\"mira@lumen-orchard.example\""),
            ("cache-control", "mira"),
            ("expires", "mira@lumen-orchard.example"),
            ("last-modified", "Sun, 06 Mira 1994 08:49:37 GMT"),
            ("last-modified", "12345"),
            ("retry-after", "ask mira"),
            ("retry-after", "12345678901234"),
            ("retry-after", "2020-05-31T00:00:00+01:00[Europe/Mira]"),
            ("x-ratelimit-category", "mira"),
            ("x-ratelimit-limit", "10;w=mira"),
            ("x-ratelimit-scope", ""),
        ];
        for (name, value) in counted {
            let expected = [("x-psoxy-warning".to_owned(), "header-dropped=1".to_owned())];
            assert_eq!(after(&[(name, value)]), expected, "{name}: {value}");
        }
        let expected = [("x-psoxy-warning".to_owned(), "link-dropped".to_owned())];
        assert_eq!(
            after(&[("link", "<https://api.lumen-orchard.example/v2/users>; rel=\"next\"")]),
            expected
        );
    }

    #[test]
    fn keeps_the_known_directives_and_joins_several_values() {
        assert_eq!(
            after(&[("cache-control", "no-store, mira=1, max-age=mira")]),
            [("cache-control".to_owned(), "no-store".to_owned())]
        );
        assert_eq!(
            after(&[("x-ratelimit-limit", "10"), ("x-ratelimit-limit", "20")]),
            [("x-ratelimit-limit".to_owned(), "10,20".to_owned())]
        );
    }

    #[test]
    fn an_etag_becomes_a_pseudonym() {
        let once = after(&[("etag", "\"mira@lumen-orchard.example\"")]);
        assert_eq!(once, after(&[("etag", "\"mira@lumen-orchard.example\"")]));
        assert_ne!(once, after(&[("etag", "\"mira@lumen-orchard.examples\"")]));
        let (_, value) = &once[0];
        assert_eq!((value.len(), &value[..3], value.contains("mira")), (47, "W/\"", false), "{value}");
    }

    fn after(pairs: &[(&'static str, &'static str)]) -> Vec<(String, String)> {
        let mut source = HeaderMap::new();
        for (name, value) in pairs {
            source.append(*name, HeaderValue::from_static(value));
        }
        let headers = passed(&source, &keys()).into_headers();
        headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect()
    }
}
