//! Pages: sizes, and next-page tokens that need no memory.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::dice::scramble;
use crate::problem::Problem;
use crate::query::Query;

/// Makes and opens next-page tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pages {
    key: u64,
}

/// The part of a list that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) offset: usize,
    pub(crate) size: usize,
}

/// A next-page token lives 15 minutes.
const LIFE: i64 = 15 * 60;

impl Pages {
    pub(crate) fn new(seed: u64) -> Self {
        Pages { key: scramble(seed ^ 0x7061_6765) }
    }

    pub(crate) fn requested(self, path: &str, query: &Query, now: i64) -> Result<Page, Problem> {
        let number = |field: &'static str, default: usize| match query.get(field) {
            None | Some("") => Ok(default),
            Some(text) => {
                let message = "The value must be a number.";
                text.parse::<usize>().map_err(|_| Problem::FieldInvalid { field, message })
            }
        };
        let size = number("page_size", 30)?.clamp(1, 300);
        let page_number = number("page_number", 1)?.max(1);
        let offset = match query.get("next_page_token") {
            None | Some("") => (page_number - 1).saturating_mul(size),
            Some(token) => self.open(token, path, query, now).ok_or(Problem::PageTokenInvalid)?,
        };
        Ok(Page { offset, size })
    }

    /// The token is the offset, its time of issue, and a digest over both and the whole query.
    fn token(self, offset: usize, path: &str, query: &Query, issued: i64) -> String {
        let digest = self.digest(offset, path, query, issued);
        let mut bytes = [0; 24];
        bytes[..8].copy_from_slice(&digest.to_be_bytes());
        bytes[8..16].copy_from_slice(&(offset as u64 ^ scramble(digest)).to_be_bytes());
        bytes[16..].copy_from_slice(&(issued as u64 ^ scramble(digest ^ 1)).to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn open(self, token: &str, path: &str, query: &Query, now: i64) -> Option<usize> {
        let bytes: [u8; 24] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
        let part = |n: usize| u64::from_be_bytes(bytes[n..n + 8].try_into().unwrap_or_default());
        let digest = part(0);
        let offset = (part(8) ^ scramble(digest)) as usize;
        let issued = (part(16) ^ scramble(digest ^ 1)) as i64;
        let genuine = self.digest(offset, path, query, issued) == digest;
        (genuine && (issued..=issued.saturating_add(LIFE)).contains(&now)).then_some(offset)
    }

    fn digest(self, offset: usize, path: &str, query: &Query, issued: i64) -> u64 {
        let pairs = query.without("next_page_token");
        let words = pairs.into_iter().flat_map(|(name, value)| [name, value]).chain([path]);
        words
            .flat_map(|word| word.bytes().chain([0]))
            .chain((offset as u64).to_be_bytes())
            .chain(issued.to_be_bytes())
            .fold(self.key, |digest, byte| scramble(digest ^ u64::from(byte)))
    }

    /// Cuts one page out of a list and writes the envelope that all lists share.
    pub(crate) fn envelope<T>(
        self,
        (path, query, now): (&str, &Query, i64),
        name: &str,
        all: &[T],
        write: impl Fn(&T) -> Value,
    ) -> Result<Map<String, Value>, Problem> {
        let page = self.requested(path, query, now)?;
        let end = page.offset.saturating_add(page.size).min(all.len());
        let items = all.get(page.offset..end).unwrap_or_default();
        let next = match end < all.len() {
            true => self.token(end, path, query, now),
            false => String::new(),
        };
        let mut envelope = Map::new();
        envelope.insert("page_count".into(), all.len().div_ceil(page.size).into());
        envelope.insert("page_size".into(), page.size.into());
        envelope.insert("total_records".into(), all.len().into());
        envelope.insert("next_page_token".into(), next.into());
        envelope.insert(name.into(), items.iter().map(write).collect());
        Ok(envelope)
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, Pages};
    use crate::problem::Problem;
    use crate::query::Query;

    #[test]
    fn sizes_are_clamped() {
        let cases = [("", 30), ("page_size=7", 7), ("page_size=0", 1), ("page_size=9999", 300)];
        for (query, size) in cases {
            assert_eq!(Pages::new(1).requested("/x", &Query::parse(query), 0), Ok(Page { offset: 0, size }));
        }
        assert!(Pages::new(1).requested("/x", &Query::parse("page_size=many"), 0).is_err());
    }

    #[test]
    fn a_token_is_bound_to_its_query_and_dies_after_15_minutes() {
        let pages = Pages::new(1);
        let token = pages.token(60, "/v2/users", &Query::parse("status=active&page_size=30"), 1_000);
        let cases = [
            ("/v2/users", "page_size=30&status=active", 1_000, Some(60)),
            ("/v2/users", "page_size=30&status=active", 1_900, Some(60)),
            ("/v2/users", "page_size=30&status=active", 1_901, None),
            ("/v2/users", "page_size=30", 1_000, None),
            ("/v2/others", "page_size=30&status=active", 1_000, None),
        ];
        for (path, query, now, offset) in cases {
            let query = Query::parse(&format!("{query}&next_page_token={token}"));
            let expected = offset.map(|offset| Page { offset, size: 30 }).ok_or(Problem::PageTokenInvalid);
            assert_eq!(pages.requested(path, &query, now), expected);
        }
        let forged = Query::parse("next_page_token=AAAA");
        assert_eq!(pages.requested("/x", &forged, 0), Err(Problem::PageTokenInvalid));
    }
}
