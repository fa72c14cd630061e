//! What must hold for any text, as an identifier and as a token: a function that panics when it does not.
//!
//! The fuzz target calls it with what libFuzzer makes up, and the test of the crate (`tests/fuzz_smoke.rs`)
//! with the corpus and changes of it, so that both have the same teeth.

use std::sync::LazyLock;

use vizard_pseudonym::email::{parse_address_list, parse_mailbox};
use vizard_pseudonym::{
    EmailCanonicalization, EmailDomainHandling, HeaderEncoding, KeyMaterial, Kind, Pseudonymizer, Secret,
    Settings, TokenError,
};

/// The tokens of the corpus are made with the first.
static OURS: LazyLock<[Pseudonymizer; 3]> = LazyLock::new(|| {
    let keys = KeyMaterial {
        encryption_key: Some(Secret::new("secret")),
        ip_encryption_key: Some(Secret::new("key-ip")),
        ip_salt: Some(Secret::new("salt-ip")),
        ..KeyMaterial::salted("salt")
    };
    let ours = |email_canonicalization, email_domain_handling| {
        Pseudonymizer::new(&keys, Settings { email_canonicalization, email_domain_handling })
    };
    [
        ours(EmailCanonicalization::Strict, EmailDomainHandling::Preserve),
        ours(EmailCanonicalization::IgnoreDots, EmailDomainHandling::Encrypt),
        ours(EmailCanonicalization::Strict, EmailDomainHandling::Redact),
    ]
});

static THEIRS: LazyLock<Pseudonymizer> = LazyLock::new(|| {
    let keys = KeyMaterial { encryption_key: Some(Secret::new("other")), ..KeyMaterial::salted("salt") };
    Pseudonymizer::new(&keys, Settings::default())
});

/// Any text can be reversed or is refused, and can be tokenized and comes back.
pub fn token(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    for ours in OURS.iter() {
        reverse_as_token(ours, text);
        reverse_among_tokens(ours, text);
        for token in tokens(ours, text) {
            come_back(ours, &token, text, data);
        }
        tokenize_as_address(ours, text);
        write_as_json(ours, text);
    }
    read_as_mailbox(text);
}

/// Both ways of reversing agree, and what is accepted is the one token of its original.
fn reverse_as_token(ours: &Pseudonymizer, text: &str) {
    let all = ours.reverse_all(text);
    match ours.reverse(text) {
        Ok(original) => {
            assert_eq!(all.as_ref().ok().and_then(Option::as_ref), Some(&original));
            let mut made = tokens(ours, &original);
            made.extend(ours.ip_token(&original, Kind::Reversible).expect("the key is there"));
            assert!(made.iter().any(|it| letters(it) == letters(text)), "a second token of one original");
        }
        // `reverse_all` may find a good token in it, or none.
        Err(TokenError::Malformed) => {}
        Err(error) => assert_eq!(all, Err(error)),
    }
    if all == Ok(None) {
        assert_eq!(ours.reverse(text), Err(TokenError::Malformed));
    }
}

/// The base64 between `p~` and the domain.
fn letters(token: &str) -> &str {
    let token = token.strip_prefix("p~").expect("a reversible token");
    token.split(['@', '%']).next().unwrap_or_default()
}

/// A token beside the text changes nothing about the text, and the other way round.
fn reverse_among_tokens(ours: &Pseudonymizer, text: &str) {
    let token = ours.token("Nora@lumen-orchard.example", Kind::Reversible).expect("the key is there");
    let whole = ours.reverse_all(&format!("{text}/{token}/{text}"));
    match ours.reverse_all(text) {
        Err(error) => assert_eq!(whole, Err(error)),
        Ok(reversed) => {
            let alone = reversed.as_ref().map_or(text, |it| it.as_str());
            let whole = whole.expect("both parts can be reversed").expect("there is a token");
            assert_eq!(whole.as_str(), format!("{alone}/Nora@lumen-orchard.example/{alone}"));
        }
    }
}

/// The reversible tokens of a text: as an identifier, and exactly as it is.
fn tokens(ours: &Pseudonymizer, text: &str) -> Vec<String> {
    let identifier = ours.token(text, Kind::Reversible).expect("the key is there");
    let opaque = ours.opaque_token(text, Kind::Reversible).expect("the key is there");
    assert!(letters(&identifier).len() >= 64 && letters(&opaque).len() >= 64, "a hash and a block at least");
    vec![identifier, opaque]
}

/// The token gives the text, and no other does: not a changed one, not one of another key.
fn come_back(ours: &Pseudonymizer, token: &str, text: &str, data: &[u8]) {
    assert_eq!(ours.reverse(token).as_deref().map(String::as_str), Ok(text));
    let encoded = format!("/users/{}/meetings", token.replace('@', "%40"));
    let reversed = ours.reverse_all(&encoded).expect("the token is ours").expect("there is a token");
    assert_eq!(reversed.as_str(), format!("/users/{text}/meetings"));
    assert_eq!(THEIRS.reverse(token), Err(TokenError::Unverified));

    // One letter of the base64, which one the text decides.
    let sum = data.iter().fold(7_usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(*byte)));
    let at = 2 + sum % letters(token).len();
    let other = if &token[at..=at] == "A" { "B" } else { "A" };
    let changed = format!("{}{other}{}", &token[..at], &token[at + 1..]);
    assert!(
        matches!(ours.reverse(&changed), Err(TokenError::Unverified | TokenError::Malformed)),
        "{changed}"
    );
}

/// Every spelling of an IP address has one token, which gives the canonical one.
fn tokenize_as_address(ours: &Pseudonymizer, text: &str) {
    let token = |text: &str| ours.ip_token(text, Kind::Reversible).expect("the key is there");
    let Some(made) = token(text) else { return };
    let canonical = ours.reverse(&made).expect("the token is ours");
    assert_eq!(token(&canonical), Some(made));
    assert_eq!(text.parse::<std::net::IpAddr>().is_ok(), canonical.parse::<std::net::IpAddr>().is_ok());
}

/// Pseudonyms as JSON are JSON, and hold what they should.
fn write_as_json(ours: &Pseudonymizer, text: &str) {
    let json = ours.json(text, true, true).expect("the key is there");
    let json: serde_json::Value = serde_json::from_str(&json).expect("it is JSON");
    assert_eq!(json["original"].as_str(), Some(text));
    assert_eq!(json["hash"].as_str(), Some(ours.hash_only(text).as_str()));
    let reversible = json["reversible"].as_str().expect("the key is there");
    assert_eq!(Ok(reversible.to_owned()), ours.token(text, Kind::Reversible));
    if let Some(header) = ours.email_header(text, HeaderEncoding::Json).filter(|it| !it.is_empty()) {
        let header: serde_json::Value = serde_json::from_str(&header).expect("it is JSON");
        let mailboxes = parse_address_list(text).expect("it is a list");
        assert_eq!(header.as_array().map(Vec::len), Some(mailboxes.len()));
    }
}

/// A mailbox is a list of one, and its bare address is the same person.
fn read_as_mailbox(text: &str) {
    let list = parse_address_list(text);
    let Some(mailbox) = parse_mailbox(text) else { return };
    let bare = format!("{}@{}", mailbox.local, mailbox.domain);
    for ours in OURS.iter() {
        assert_eq!(ours.hash(&bare), ours.hash(text));
    }
    assert_eq!(list, Some(vec![mailbox]));
}
