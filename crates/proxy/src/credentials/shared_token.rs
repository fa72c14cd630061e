//! The access token that all processes share, as it stands in the secret store.

use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use vizard_pseudonym::Secret;

use super::held::Token;
use super::token_answer::can_be_sent;

/// `{"token":"…","expirationDate":<milliseconds since 1970>}`: a wire format, which other proxies read.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored<T> {
    token: T,
    expiration_date: i64,
}

/// None: what stands there is no shared token, so there is none yet.
pub(super) fn read(stored: &Secret) -> Option<Token> {
    let stored: Stored<String> = serde_json::from_slice(stored.expose()).ok()?;
    let millis = u64::try_from(stored.expiration_date).ok()?;
    if stored.token.is_empty() || !can_be_sent(&stored.token) {
        return None;
    }
    Some(Token {
        value: Secret::new(stored.token),
        expires: UNIX_EPOCH.checked_add(Duration::from_millis(millis))?,
    })
}

/// The text to store.
pub(super) fn write(token: &Token) -> Secret {
    let since = token.expires.duration_since(UNIX_EPOCH).unwrap_or_default();
    let stored = Stored {
        token: token.value.expose_str().unwrap_or_default(),
        expiration_date: i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
    };
    Secret::new(serde_json::to_vec(&stored).expect("text and a number are JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_what_other_proxies_do() {
        let text = r#"{"token":"abc","expirationDate":1795219200000}"#;
        let token = read(&Secret::new(text)).unwrap();
        assert_eq!(token.value, Secret::new("abc"));
        assert_eq!(token.expires, UNIX_EPOCH + Duration::from_secs(1_795_219_200));
        assert_eq!(write(&token), Secret::new(text));
        let spaced = r#" { "expirationDate" : 5, "more": [1], "token": "a b" } "#;
        assert!(read(&Secret::new(spaced)).is_some());
    }

    #[test]
    fn anything_else_is_no_token() {
        let absent = [
            "",
            "abc",
            "{}",
            r#"{"token":"abc"}"#,
            r#"{"token":"","expirationDate":5}"#,
            r#"{"token":"abc","expirationDate":-5}"#,
            r#"{"token":5,"expirationDate":5}"#,
            r#"{"token":"a\nb","expirationDate":5}"#,
            "null",
        ];
        for text in absent {
            assert!(read(&Secret::new(text)).is_none(), "{text}");
        }
    }
}
