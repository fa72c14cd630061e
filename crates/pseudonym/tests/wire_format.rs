//! The bytes of pseudonyms, held still. Platforms store them for years, so there is no way to regenerate
//! these tables: a row that fails is a bug in the code. They were computed apart from it, with the hash and
//! cipher of other libraries.

use serde::Deserialize;
use vizard_pseudonym::email::{parse_address_list, parse_mailbox};
use vizard_pseudonym::{
    EmailCanonicalization, EmailDomainHandling, HeaderEncoding, KeyMaterial, Kind, Pseudonymizer, Secret,
    Settings, TokenError,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identity {
    text: String,
    mailbox: Option<Parts>,
    canonical: String,
    canonical_ignoring_dots: String,
    hash_ignoring_dots: String,
    token: String,
    reversible: String,
    json: String,
    header: Option<String>,
    header_json: Option<String>,
}

#[derive(Deserialize, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
struct Parts {
    local: String,
    domain: String,
    name: Option<String>,
}

fn keys() -> KeyMaterial {
    KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") }
}

fn identities() -> Vec<Identity> {
    serde_json::from_str(include_str!("identities.json")).expect("the table is as the type says")
}

#[test]
fn identities_have_their_pseudonyms() {
    let ours = Pseudonymizer::new(&keys(), Settings::default());
    let settings =
        Settings { email_canonicalization: EmailCanonicalization::IgnoreDots, ..Settings::default() };
    let ignoring_dots = Pseudonymizer::new(&keys(), settings);
    for identity in identities() {
        let text = identity.text.as_str();
        let parts = parse_mailbox(text).map(|mailbox| Parts {
            local: mailbox.local.to_owned(),
            domain: mailbox.domain.to_owned(),
            name: mailbox.display_name.map(|name| name.into_owned()),
        });
        assert_eq!(parts, identity.mailbox, "{text:?}");
        assert_eq!(ours.hash(text), ours.hash(&identity.canonical), "{text:?}");
        assert_eq!(ours.token(text, Kind::Hash).unwrap(), identity.token, "{text:?}");
        assert_eq!(ours.token(text, Kind::Reversible).unwrap(), identity.reversible, "{text:?}");
        assert_eq!(ours.hash_only(text), identity.token[2..45], "{text:?}");
        assert_eq!(ours.json(text, false, false).unwrap(), identity.json, "{text:?}");
        assert_eq!(ignoring_dots.hash_only(text), identity.hash_ignoring_dots, "{text:?}");
        let undotted = ignoring_dots.hash_only(&identity.canonical_ignoring_dots);
        assert_eq!(undotted, identity.hash_ignoring_dots, "{text:?}");
        assert_eq!(ours.reverse(&identity.reversible).unwrap().as_str(), text);

        assert_eq!(parse_address_list(text).is_some(), identity.header.is_some(), "{text:?}");
        assert_eq!(ours.email_header(text, HeaderEncoding::UrlSafeToken), identity.header, "{text:?}");
        assert_eq!(ours.email_header(text, HeaderEncoding::Json), identity.header_json, "{text:?}");
    }
}

#[test]
fn json_holds_the_parts_asked_for() {
    let ours = Pseudonymizer::new(&keys(), Settings::default());
    for identity in identities() {
        let json = ours.json(&identity.text, true, true).unwrap();
        let original = serde_json::to_string(&identity.text).unwrap();
        let expected = format!(
            r#"{},"original":{original},"reversible":"{}"}}"#,
            identity.json.trim_end_matches('}'),
            identity.reversible
        );
        let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(parsed, serde_json::from_str::<serde_json::Value>(&expected).unwrap());
        assert_eq!(parsed["original"], identity.text);
        if !identity.text.contains('\0') {
            assert_eq!(json, expected);
        }
    }
}

#[test]
fn known_texts_have_their_tokens() {
    let ours = Pseudonymizer::new(&keys(), Settings::default());
    let cases = [
        ("test", "Tt8H7clbL9y8ryN4_RLYrCEsKqbjJsWcPmKb4wOdZDI", ""),
        ("alice@acme.com", "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk", "@acme.com"),
        ("Alice@acme.com", "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk", "@acme.com"),
        ("AlIcE@acme.com", "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk", "@acme.com"),
        ("alice+test@acme.com", "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk", "@acme.com"),
        ("blah", "nVPSMYD7ZO_ptGIMJ65TAFo5_vVVQQ2af5Bfg7bW0Jo", ""),
        ("something", "EN_O0yRLJp7bRnw6HrbdPMLul_uqairwpevQ08HtEn0", ""),
        ("blah:something", "ltpmWUv-gqwJTPjfusJMo8Cd45xhqDRQx6REW-gS2CU", ""),
        ("alice", "3YAoyBkqpKrO4rk5ISA0dZSABykOBC7pEMmkL1L0HK4", ""),
        ("bob", "kbEeZaASjfdRzw5DsaEMq4HoESgOdgoKQN3np2Gm_hY", ""),
        ("12345", "r4ONZUfEyn9MUkcyDQkQ5MBNpdIerM24MasxFpuQBaE", ""),
        ("contoso@hotmail.com", "p55sgYXAXqQ5cPaiWD02wA8QGsHVGIZE4DoktSv_RIg", "@hotmail.com"),
        ("fake@contoso.com", "7fwD-7Ki3YuYHHeJgtXUw098eDrnFaTVAxcjy3ZcxVI", "@contoso.com"),
        ("1", "0zPKqEd-CtbCLB1ZSwX6Zo7uAWUvkpfHGzv9-cuYwZc", ""),
    ];
    for (text, hash, domain) in cases {
        assert_eq!(ours.hash_only(text), hash, "{text}");
        assert_eq!(ours.token(text, Kind::Hash).unwrap(), format!("t~{hash}{domain}"), "{text}");
        let json = match domain.strip_prefix('@') {
            Some(domain) => format!(r#"{{"domain":"{domain}","hash":"{hash}"}}"#),
            None => format!(r#"{{"hash":"{hash}"}}"#),
        };
        assert_eq!(ours.json(text, false, false).unwrap(), json, "{text}");
    }
    assert_ne!(ours.hash("al.ice@acme.com"), ours.hash("alice@acme.com"));
}

#[test]
fn known_reversible_tokens_go_both_ways() {
    let ours = Pseudonymizer::new(&keys(), Settings::default());
    let cases = [
        ("test", "p~Tt8H7clbL9y8ryN4_RLYrCEsKqbjJsWcPmKb4wOdZDKAHyevsJLhRTypmrf-DpBZ"),
        ("alice@acme.com", "p~UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMnKYUk8FJevl3wvFyZY0eF-@acme.com"),
        ("blah", "p~nVPSMYD7ZO_ptGIMJ65TAFo5_vVVQQ2af5Bfg7bW0Jq9JIOXfBWhts_zA5Ns0r4m"),
        ("asfa", "p~Z7Bnl_VVOwSmfP9kuT0_Ub-5ic4cCVI4wCHArL1hU0MzTTbTCc7BcR53imT1qZgI"),
        ("octocat", "p~IAUEqSLLtP3EjjkzslH-S1ULJZRLQnH9hT54jiI1gbN_fPDYrPH3aBnAoR5-ec6f"),
        (
            "48d31887-5fad-4d73-a9f5-3c356e68a038",
            "p~SIoJOpeSgYF7YUPQ28IWZexVuHyN9A80SJXrbfawKpDRcddGnKI4QDKyjQI9KtjJZDb8FZ27UE_toS68FyWz7Y22fnQYLP91SHJGVwQiN3E",
        ),
        (
            "19:2da4c29f6d7041eca70b638b43d45437@thread.v2",
            "p~bWr_bA0wnI4CDi2z8MuXG2vEmijbgJ9-MX1hsrnF20ik1FwGIGIQ_uMj2B_4LQV7U7F8XPs4Nx_URHgdx-pukZu2Hb6QzmB24IBvBInSdwA",
        ),
        ("12345", "p~r4ONZUfEyn9MUkcyDQkQ5MBNpdIerM24MasxFpuQBaGzFatT5PGvb7S57rNnHGwT"),
    ];
    for (text, token) in cases {
        assert_eq!(ours.token(text, Kind::Reversible).unwrap(), token, "{text}");
        assert_eq!(ours.reverse(token).unwrap().as_str(), text);
    }
    // The hash it carries is not that of its text. It used to be accepted in the field.
    let unrelated = "p~NHXWS5CZDysDs3ETExXiMZxM2DfffirkjgmA64R9hCenHbNbPsOt4W-Hx8SDUaQY";
    assert_eq!(ours.reverse(unrelated), Err(TokenError::Unverified));
}

#[test]
fn known_addresses_have_their_tokens() {
    let ours = Pseudonymizer::new(&keys(), Settings::default());
    let cases = [
        ("123.234.252.12", Kind::Hash, "t~7USliSM4GiS0Xfk1DXIAH-4nK-UkLJlSAA_5ZqQh_CI"),
        (
            "123.234.252.12",
            Kind::Reversible,
            "p~7USliSM4GiS0Xfk1DXIAH-4nK-UkLJlSAA_5ZqQh_CJStJlrfaIPHLZUvx-dHHQp",
        ),
        ("10.0.0.1", Kind::Hash, "t~3BU4goNN07w3ofq8v5ig2enxSWj9xnAnPOThel4mHTk"),
        ("10.0.0.1", Kind::Reversible, "p~3BU4goNN07w3ofq8v5ig2enxSWj9xnAnPOThel4mHTmrZBJVaY3CjxNEDJYfGEk_"),
        ("2001:0db8::1", Kind::Hash, "t~njBikXo6n6-7z6JEg8zs_E89aJQ0lje1vW3O9EkS__8"),
        ("2001:db8:0:0:0:0:2:1", Kind::Hash, "t~I8-OlnbGQkV5ClnMrM_O79TR_r8JroRmUbd056Hs2x4"),
        ("::ffff:192.0.2.128", Kind::Hash, "t~SUZ6xYqAE2gCw90EnrhS7ait6lh2xPKj2-SSQVm8o9A"),
        ("0:0:0:0:0:ffff:c000:0280", Kind::Hash, "t~SUZ6xYqAE2gCw90EnrhS7ait6lh2xPKj2-SSQVm8o9A"),
    ];
    for (text, kind, token) in cases {
        assert_eq!(ours.ip_token(text, kind).unwrap().as_deref(), Some(token), "{text}");
        if kind == Kind::Reversible {
            assert_eq!(ours.reverse(token).unwrap().as_str(), text);
        }
    }
}

#[test]
fn known_domains_are_shown_as_chosen() {
    let keys = KeyMaterial {
        domain_salt: Some(Secret::new("salt-domains")),
        domain_encryption_key: Some(Secret::new("asdfasdf")),
        ..keys()
    };
    let hash = "UFdK0TvVTvZ23c6QslyCy0o2MSq2DRtDjEXfTPJyyMk";
    let cases = [
        (EmailDomainHandling::Preserve, "@acme.com"),
        (EmailDomainHandling::Redact, ""),
        (EmailDomainHandling::Tokenize, "@h~XeVeXr3msNs83nxpGuEjUO0Cv7JfkmYhnprXIY-BEgs"),
        (EmailDomainHandling::Encrypt, "@e~XeVeXr3msNs83nxpGuEjUO0Cv7JfkmYhnprXIY-BEgtyvcXqtDujwfr0b5vLmXHQ"),
    ];
    for (email_domain_handling, domain) in cases {
        let ours = Pseudonymizer::new(&keys, Settings { email_domain_handling, ..Settings::default() });
        let token = ours.token("alice@acme.com", Kind::Hash).unwrap();
        assert_eq!(token, format!("t~{hash}{domain}"));
        let json = ours.json("alice@acme.com", false, false).unwrap();
        match domain.strip_prefix('@') {
            Some(domain) => assert_eq!(json, format!(r#"{{"domain":"{domain}","hash":"{hash}"}}"#)),
            None => assert_eq!(json, format!(r#"{{"hash":"{hash}"}}"#)),
        }
    }
}

#[test]
fn nothing_secret_is_printed() {
    let material = KeyMaterial { ip_salt: Some(Secret::new("canary-salt")), ..keys() };
    let ours = Pseudonymizer::new(&material, Settings::default());
    for text in [format!("{material:?}"), format!("{ours:?}"), format!("{ours:#?}")] {
        assert!(
            !text.contains("canary") && !text.contains("\"salt\"") && !text.contains("\"secret\""),
            "{text}"
        );
    }
    assert_eq!(ours.salt_fingerprint(), "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y");
}
