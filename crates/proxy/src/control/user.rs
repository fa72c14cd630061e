//! `X-Psoxy-User-To-Impersonate`: the user whom a call is made for.

use http::HeaderMap;
use vizard_pseudonym::Pseudonymizer;
use zeroize::Zeroizing;

use super::{USER, single};
use crate::credentials::User;
use crate::error::Problem;

/// The user, if the caller names one: by an e-mail address, or by a reversible pseudonym of it.
pub(crate) fn user(headers: &HeaderMap, keys: &Pseudonymizer) -> Result<Option<User>, Problem> {
    let Some(text) = single(headers, USER)?.map(Zeroizing::new) else {
        return Ok(None);
    };
    let original = keys.reverse_all(&text).map_err(Problem::UserToken)?;
    let user = User::of(original.unwrap_or(text)).ok_or(Problem::ControlHeader(USER, EXPECTED))?;
    Ok(Some(user))
}

const EXPECTED: &str = "must be an e-mail address, or a reversible pseudonym of one";

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use vizard_pseudonym::{KeyMaterial, Kind, Secret, Settings};

    use super::*;

    fn keys(key: &str) -> Pseudonymizer {
        let material = KeyMaterial { encryption_key: Some(Secret::new(key)), ..KeyMaterial::salted("salt") };
        Pseudonymizer::new(&material, Settings::default())
    }

    #[test]
    fn is_an_address_or_a_reversible_pseudonym_of_one() {
        let ours = keys("key");
        let token = |original: &str| ours.token(original, Kind::Reversible).unwrap();
        let address = "nora@lumen-orchard.example";
        let nora = Some(address);
        let malformed = Err(("control-header-invalid", 400));
        let invalid = Err(("token-invalid", 409));
        let bare = token(address);
        let bare = bare.strip_suffix("@lumen-orchard.example").unwrap();
        let cases = [
            ("nora@lumen-orchard.example", Ok(nora)),
            (" nora@lumen-orchard.example ", Ok(nora)),
            (&token(address), Ok(nora)),
            (bare, Ok(nora)),
            (&format!("{bare}%40lumen-orchard.example"), Ok(nora)),
            (&format!("{bare}, {bare}"), malformed),
            (&token("nora"), malformed),
            (&ours.token(address, Kind::Hash).unwrap(), malformed),
            ("p~short", malformed),
            ("nora", malformed),
            ("", malformed),
            (&keys("other").token(address, Kind::Reversible).unwrap(), invalid),
            (&format!("p~{}", "A".repeat(64)), invalid),
        ];
        for (value, expected) in cases {
            let headers = HeaderMap::from_iter([(
                USER.parse::<http::HeaderName>().unwrap(),
                HeaderValue::from_str(value).unwrap(),
            )]);
            let read = user(&headers, &ours);
            let told = match &read {
                Ok(user) => Ok(user.as_ref().map(User::address)),
                Err(problem) => {
                    assert!(!problem.detail().contains("nora") && !format!("{problem:?}").contains("nora@"));
                    Err((problem.row().code, problem.row().status.as_u16()))
                }
            };
            assert_eq!(told, expected, "{value}");
        }
        assert!(user(&HeaderMap::new(), &ours).unwrap().is_none());
    }

    #[test]
    fn is_one_and_needs_the_key_of_its_pseudonym() {
        let token = keys("key").token("nora@lumen-orchard.example", Kind::Reversible).unwrap();
        let mut headers = HeaderMap::new();
        headers.append("x-psoxy-user-to-impersonate", HeaderValue::from_str(&token).unwrap());
        let keyless = Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default());
        let problem = user(&headers, &keyless).unwrap_err();
        assert_eq!((problem.row().code, problem.row().status.as_u16()), ("token-key-missing", 500));
        headers.append("x-psoxy-user-to-impersonate", HeaderValue::from_static("mira@lumen-orchard.example"));
        let problem = user(&headers, &keyless).unwrap_err();
        assert_eq!(problem.detail(), "X-Psoxy-User-To-Impersonate must be sent once");
    }
}
