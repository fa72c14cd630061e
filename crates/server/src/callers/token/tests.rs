use http::HeaderValue;

use super::*;

const NOW: u64 = 1_800_000_000;

fn judged(claims: Value) -> Result<Bearer, Untrusted> {
    let audiences = ["vizard".to_owned(), "other".to_owned()];
    let expected =
        Expected { issuer: "https://accounts.lumen-orchard.example", audiences: &audiences, now: NOW };
    let claims: Claims = serde_json::from_value(claims).map_err(|_| Untrusted::Invalid)?;
    claims.judge(expected)
}

fn claims() -> Value {
    serde_json::json!({
        "iss": "https://accounts.lumen-orchard.example",
        "aud": "vizard",
        "exp": NOW + 3600,
        "iat": NOW,
        "sub": "7",
        "email": "nora@lumen-orchard.example",
        "email_verified": true,
    })
}

#[test]
fn says_who_bears_a_good_token() {
    let bearer = Bearer {
        subject: Some("7".to_owned()),
        email: Some("nora@lumen-orchard.example".to_owned()),
        until: NOW + 3660,
    };
    assert_eq!(judged(claims()), Ok(bearer.clone()));
    for (name, value, email) in [
        ("aud", serde_json::json!(["else", "other"]), true),
        ("iat", serde_json::json!(NOW as f64 + 59.5), true),
        ("nbf", serde_json::json!(NOW + 60), true),
        ("email_verified", serde_json::json!(false), false),
        ("email_verified", serde_json::json!("true"), false),
        ("email_verified", serde_json::json!(null), false),
        ("email", serde_json::json!(["nora@lumen-orchard.example"]), false),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        let email = bearer.email.clone().filter(|_| email);
        assert_eq!(judged(claims), Ok(Bearer { email, ..bearer.clone() }), "{name} {value}");
    }
}

#[test]
fn a_token_for_others_or_of_another_time_is_not_believed() {
    for (name, value, expected) in [
        ("iss", serde_json::json!("https://accounts.lumen-orchard.example/"), Untrusted::Invalid),
        ("iss", serde_json::json!(["https://accounts.lumen-orchard.example"]), Untrusted::Invalid),
        ("aud", serde_json::json!("Vizard"), Untrusted::Invalid),
        ("aud", serde_json::json!([]), Untrusted::Invalid),
        ("aud", serde_json::json!(null), Untrusted::Invalid),
        ("exp", serde_json::json!(null), Untrusted::Invalid),
        ("exp", serde_json::json!("1900000000"), Untrusted::Invalid),
        ("exp", serde_json::json!(NOW - 1), Untrusted::Invalid), // before it was made
        ("iat", serde_json::json!(null), Untrusted::Invalid),
        ("iat", serde_json::json!(NOW + 61), Untrusted::Invalid),
        ("nbf", serde_json::json!(NOW + 61), Untrusted::Invalid),
        ("nbf", serde_json::json!("soon"), Untrusted::Invalid),
    ] {
        let mut claims = claims();
        claims[name] = value.clone();
        assert_eq!(judged(claims), Err(expected), "{name} {value}");
    }
    for (expired, expected) in [(59, None), (60, Some(Untrusted::Expired)), (9_000, Some(Untrusted::Expired))]
    {
        let mut claims = claims();
        claims["iat"] = serde_json::json!(NOW - 10_000);
        claims["exp"] = serde_json::json!(NOW - expired);
        assert_eq!(judged(claims).err(), expected, "{expired}");
    }
}

#[test]
fn a_token_is_sent_once_and_as_a_bearer() {
    let long = format!("Bearer {}", "a".repeat(LONGEST + 1));
    let cases: [(&[&str], Result<&str, Untrusted>); 9] = [
        (&[], Err(Untrusted::Missing)),
        (&["Bearer a.b.c"], Ok("a.b.c")),
        (&["bearer  a.b.c"], Ok("a.b.c")),
        (&["Bearer"], Err(Untrusted::Invalid)),
        (&["Bearer "], Err(Untrusted::Invalid)),
        (&["Basic bm9yYTpub3Jh"], Err(Untrusted::Invalid)),
        (&["a.b.c"], Err(Untrusted::Invalid)),
        (&["Bearer a.b.c", "Bearer a.b.c"], Err(Untrusted::Invalid)),
        (&[long.as_str()], Err(Untrusted::Invalid)),
    ];
    for (values, expected) in cases {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(sent(&headers), expected, "{values:?}");
    }
}
