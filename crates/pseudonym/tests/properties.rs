//! What holds for every text, tried on many.

use std::sync::LazyLock;

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use vizard_pseudonym::email::{parse_address_list, parse_mailbox};
use vizard_pseudonym::{
    EmailCanonicalization, EmailDomainHandling, HeaderEncoding, KeyMaterial, Kind, Pseudonymizer, Secret,
    Settings, TokenError,
};

fn pseudonymizer(key: &str, email_canonicalization: EmailCanonicalization) -> Pseudonymizer {
    let keys = KeyMaterial { encryption_key: Some(Secret::new(key)), ..KeyMaterial::salted("salt") };
    Pseudonymizer::new(&keys, Settings { email_canonicalization, ..Settings::default() })
}

static OURS: LazyLock<Pseudonymizer> =
    LazyLock::new(|| pseudonymizer("secret", EmailCanonicalization::Strict));
static IGNORING_DOTS: LazyLock<Pseudonymizer> =
    LazyLock::new(|| pseudonymizer("secret", EmailCanonicalization::IgnoreDots));
/// One for each way to show a domain.
static SHOWING: LazyLock<[Pseudonymizer; 4]> = LazyLock::new(|| {
    let keys = KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") };
    [
        EmailDomainHandling::Preserve,
        EmailDomainHandling::Redact,
        EmailDomainHandling::Tokenize,
        EmailDomainHandling::Encrypt,
    ]
    .map(|email_domain_handling| {
        Pseudonymizer::new(&keys, Settings { email_domain_handling, ..Settings::default() })
    })
});
static THEIRS: LazyLock<Pseudonymizer> =
    LazyLock::new(|| pseudonymizer("other", EmailCanonicalization::Strict));

/// Any text at all, and texts made of the pieces that the grammar of addresses is about.
fn texts() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "nora",
        "Nora+x",
        "N.",
        "@",
        "x.co",
        "Lumen.Example",
        "<",
        ">",
        "(",
        ")",
        "\"",
        "\\",
        ",",
        ";",
        ":",
        " ",
        "\t",
        "\r\n ",
        "\r",
        "é",
        ".",
        "nora@x.co",
        "<nora@x.co>",
        "Team:",
        "\0",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(pieces, 0..12).prop_map(|pieces| pieces.concat())]
}

proptest! {
    #[test]
    fn reversing_gives_the_original(text in texts()) {
        for ours in [&OURS, &IGNORING_DOTS] {
            let token = ours.token(&text, Kind::Reversible).unwrap();
            let opaque_token = ours.opaque_token(&text, Kind::Reversible).unwrap();
            for token in [token, opaque_token] {
                let original = ours.reverse(&token).unwrap();
                prop_assert_eq!(original.as_str(), &text);
            }
        }
    }

    #[test]
    fn tokens_of_another_key_are_refused(text in texts()) {
        let token = THEIRS.token(&text, Kind::Reversible).unwrap();
        prop_assert_eq!(OURS.reverse(&token), Err(TokenError::Unverified));
        let all = format!("/users/{token}/meetings");
        prop_assert_eq!(OURS.reverse_all(&all), Err(TokenError::Unverified));
    }

    /// Any letter of a token changed to any other: the hash, the first block, the last, the bits after them.
    #[test]
    fn changed_tokens_are_refused(text in texts(), at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9_-]") {
        let token = OURS.opaque_token(&text, Kind::Reversible).unwrap();
        let at = 2 + at.index(token.len() - 2);
        let mut changed = token.clone();
        changed.replace_range(at..=at, &letter);
        if changed != token {
            prop_assert!(matches!(OURS.reverse(&changed), Err(TokenError::Unverified | TokenError::Malformed)));
        }
    }

    #[test]
    fn cut_tokens_are_refused(text in texts(), keep in any::<prop::sample::Index>()) {
        let token = OURS.opaque_token(&text, Kind::Reversible).unwrap();
        prop_assert!(OURS.reverse(&token[..keep.index(token.len())]).is_err());
    }

    #[test]
    fn text_around_tokens_is_kept(before in "[^~]{0,40}", text in texts(), between in "[ /,;]{1,5}", after in "[/?#&].{0,9}") {
        let token = OURS.token(&text, Kind::Reversible).unwrap();
        let whole = format!("{before}{token}{between}{token}{after}");
        let expected = format!("{before}{text}{between}{text}{after}");
        let reversed = OURS.reverse_all(&whole).unwrap().unwrap();
        prop_assert_eq!(reversed.as_str(), expected);
    }

    #[test]
    fn nothing_panics_on_any_text(text in texts()) {
        let _ = OURS.reverse(&text);
        let _ = OURS.reverse_all(&text);
        let _ = OURS.ip_token(&text, Kind::Reversible);
        let _ = OURS.email_header(&text, HeaderEncoding::Json);
        let json = OURS.json(&text, true, true).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(json["original"].as_str(), Some(text.as_str()));
    }

    /// Tokens stand in JSON strings, headers and paths as they are, however domains are shown.
    #[test]
    fn tokens_are_plain_letters(text in texts()) {
        for ours in SHOWING.iter() {
            for kind in [Kind::Hash, Kind::Reversible] {
                let token = ours.token(&text, kind).unwrap();
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"~-_@.".contains(&byte);
                prop_assert!(token.bytes().all(is_plain), "{}", token);
                let domain = parse_mailbox(&text).is_some();
                prop_assert!(domain || !token.contains(['@', '.']));
            }
        }
    }

    /// What is appended is what is returned, after what was there.
    #[test]
    fn appending_is_returning(text in prop_oneof![texts(), any::<std::net::IpAddr>().prop_map(|ip| ip.to_string())]) {
        for ours in SHOWING.iter() {
            for kind in [Kind::Hash, Kind::Reversible] {
                let mut out = String::from("é");
                ours.token_into(&text, kind, &mut out).unwrap();
                ours.opaque_token_into(&text, kind, &mut out).unwrap();
                let is_ip = ours.ip_token_into(&text, kind, &mut out).unwrap();
                ours.hash_only_into(&text, &mut out);
                ours.json_into(&text, kind == Kind::Reversible, true, &mut out).unwrap();
                ours.json_cell_into(&text, &mut out).unwrap();
                let ip = ours.ip_token(&text, kind).unwrap();
                prop_assert_eq!(is_ip, ip.is_some());
                let returned = [
                    "é".to_owned(),
                    ours.token(&text, kind).unwrap(),
                    ours.opaque_token(&text, kind).unwrap(),
                    ip.unwrap_or_default(),
                    ours.hash_only(&text),
                    ours.json(&text, kind == Kind::Reversible, true).unwrap(),
                    format!("\"{}\"", ours.json(&text, false, false).unwrap().replace('"', "\"\"")),
                ];
                prop_assert_eq!(out, returned.concat());
            }
        }
    }

    /// A mailbox is a list of one, and its bare address is the same person.
    #[test]
    fn mailboxes_are_lists_of_one(text in texts()) {
        if let Some(mailbox) = parse_mailbox(&text) {
            let bare = format!("{}@{}", mailbox.local, mailbox.domain);
            prop_assert_eq!(OURS.hash(&bare), OURS.hash(&text));
            prop_assert_eq!(parse_address_list(&text), Some(vec![mailbox]));
        }
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let token = OURS.token("Nora Quill <Nora@lumen-orchard.example>", Kind::Reversible).unwrap();
    let (letters, domain) = token[2..].split_once('@').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(letters).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let token = format!("p~{}@{domain}", URL_SAFE_NO_PAD.encode(&flipped));
        assert_eq!(OURS.reverse(&token), Err(TokenError::Unverified), "bit {bit}");
    }
}
