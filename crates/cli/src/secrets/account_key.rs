//! Whether `SERVICE_ACCOUNT_KEY` is the key of a Google service account, as far as its form tells.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// What is wrong with the form, if this is the secret that has it. No part of the value is told.
pub(super) fn wrong(name: &str, value: &str) -> Option<String> {
    if name != ACCOUNT_KEY {
        return None;
    }
    let document = if value.starts_with('{') { Some(value.as_bytes().to_vec()) } else { decoded(value) };
    let document: Option<Value> = document.and_then(|document| serde_json::from_slice(&document).ok());
    let Some(Value::Object(members)) = document else {
        return Some("it is the JSON file that Google gives out for a key, as it is or in base64".to_owned());
    };
    if members.get("type").is_none_or(|it| it != "service_account") {
        return Some(
            "its `type` is not `service_account`; keys of other kinds are of no use here".to_owned(),
        );
    }
    let has = |name: &&str| members.get(*name).and_then(Value::as_str).is_some_and(|it| !it.is_empty());
    let absent: Vec<_> = MEMBERS.into_iter().filter(|name| !has(name)).collect();
    (!absent.is_empty()).then(|| format!("it lacks {}; copy the whole file", absent.join(", ")))
}

fn decoded(value: &str) -> Option<Vec<u8>> {
    STANDARD.decode(value.split_whitespace().collect::<String>()).ok()
}

/// The secret.
pub(crate) const ACCOUNT_KEY: &str = "SERVICE_ACCOUNT_KEY";

const MEMBERS: [&str; 4] = ["client_email", "private_key", "private_key_id", "token_uri"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tells_a_key_from_what_is_mistaken_for_one() {
        let whole = json!({
            "type": "service_account", "client_email": "vizard@lumen-orchard.iam.gserviceaccount.com",
            "private_key": "pepper", "private_key_id": "0f1e2d3c",
            "token_uri": "https://oauth2.googleapis.com/token",
        });
        let mut user = whole.clone();
        user["type"] = "authorized_user".into();
        let mut part = whole.clone();
        part["private_key"] = "".into();
        let encoded = STANDARD.encode(whole.to_string());
        let (front, back) = encoded.split_at(76);
        for (value, expected) in [
            (whole.to_string(), None),
            (encoded.clone(), None),
            (format!("{front}\n{back}"), None),
            (user.to_string(), Some("`type` is not `service_account`")),
            (part.to_string(), Some("lacks private_key;")),
            ("-----BEGIN PRIVATE KEY-----".to_owned(), Some("JSON file")),
            ("\"pepper\"".to_owned(), Some("JSON file")),
            (front.to_owned(), Some("JSON file")),
        ] {
            let wrong = wrong(ACCOUNT_KEY, &value);
            match expected {
                None => assert_eq!(wrong, None),
                Some(words) => assert!(wrong.as_ref().is_some_and(|it| it.contains(words)), "{wrong:?}"),
            }
            assert!(wrong.is_none_or(|it| !it.contains("pepper")));
        }
        assert_eq!(super::wrong("PRIVATE_KEY", "pepper"), None);
    }
}
