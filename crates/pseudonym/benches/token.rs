//! What one pseudonym costs: `cargo bench -p vizard-pseudonym`.
//!
//! Beside each stands the bare work that it cannot do without, by the same crates in the same run, so that the
//! ratio holds on any machine: SHA-256 of identifier and salt, AES-256-CBC of the identifier, base64 into a
//! buffer. Medians of 301 samples, each of 400 identifiers that differ.

#![allow(clippy::print_stdout, reason = "a benchmark tells its numbers")]
#![allow(clippy::disallowed_methods, clippy::disallowed_types, reason = "a benchmark needs a clock")]

use std::hint::black_box;
use std::time::Instant;

use aes::Aes256Enc;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, InnerIvInit, KeyInit};
use sha2::{Digest, Sha256};
use vizard_pseudonym::{EmailDomainHandling, KeyMaterial, Kind, Pseudonymizer, Secret, Settings};

const SAMPLES: usize = 301;
const IDENTIFIERS: usize = 400;
const SALT: &str = "an-invented-salt-of-32-letters-1";

fn main() {
    let keys = KeyMaterial { encryption_key: Some(Secret::new("key")), ..KeyMaterial::salted(SALT) };
    let pseudonymizer = Pseudonymizer::new(&keys, Settings::default());
    let settings = Settings { email_domain_handling: EmailDomainHandling::Tokenize, ..Settings::default() };
    let hiding_domains = Pseudonymizer::new(&keys, settings);
    let cipher = Aes256Enc::new(&[7; 32].into());

    println!("nanoseconds for one token       token   bare  ratio");
    for (name, identifiers) in
        [("id", ids()), ("email", emails()), ("email, mixed", mixed()), ("email, named", named())]
    {
        let bare_hash = nanos(&identifiers, bare_hash);
        let bare_reversible = nanos(&identifiers, |text, out| bare_reversible(&cipher, text, out));
        let token = |pseudonymizer: &Pseudonymizer, kind| {
            nanos(&identifiers, |text, out| {
                pseudonymizer.token_into(text, kind, out).expect("the key is given");
            })
        };
        let rows = [
            ("hash", token(&pseudonymizer, Kind::Hash), bare_hash),
            ("reversible", token(&pseudonymizer, Kind::Reversible), bare_reversible),
            ("hash, h~ domain", token(&hiding_domains, Kind::Hash), bare_hash),
        ];
        for (kind, token, bare) in rows {
            println!("{name:<14}{kind:<16}{token:>7.1}{bare:>7.1}{:>7.2}", token / bare);
        }
    }
}

/// The hash alone, as the hashing crate's own interface has it.
fn bare_hash(text: &str, out: &mut String) {
    let mut letters = [0; 43];
    let length = URL_SAFE_NO_PAD.encode_slice(bare_digest(text), &mut letters).expect("it fits");
    black_box(&letters[..length]);
    black_box(out);
}

/// The hash and the encrypted identifier.
fn bare_reversible(cipher: &Aes256Enc, text: &str, out: &mut String) {
    let mut sealed = [0; 128];
    let hash = bare_digest(text);
    sealed[..32].copy_from_slice(&hash);
    let iv = hash.first_chunk::<16>().expect("a hash is two blocks long");
    let encrypted = cbc::Encryptor::inner_iv_init(cipher, iv.into())
        .encrypt_padded_b2b::<Pkcs7>(text.as_bytes(), &mut sealed[32..])
        .expect("it fits")
        .len();
    let mut letters = [0; 171];
    let length = URL_SAFE_NO_PAD.encode_slice(&sealed[..32 + encrypted], &mut letters).expect("it fits");
    black_box(&letters[..length]);
    black_box(out);
}

fn bare_digest(text: &str) -> [u8; 32] {
    Sha256::new_with_prefix(text).chain_update(SALT).finalize().into()
}

/// Opaque ids of 22 letters.
fn ids() -> Vec<String> {
    (0..IDENTIFIERS).map(|n| URL_SAFE_NO_PAD.encode(&bare_digest(&n.to_string())[..16])).collect()
}

/// Addresses of about 28 letters, of first and last names of many lengths.
fn emails() -> Vec<String> {
    (0..IDENTIFIERS)
        .map(|n| {
            let names = ["nora", "ben", "cleo", "maximilian", "ida", "oskar.j", "li"];
            format!("{}{n}@lumen-orchard.example", names[n % names.len()])
        })
        .collect()
}

/// The same with capital letters and a tag.
fn mixed() -> Vec<String> {
    emails().iter().map(|email| email.replace("ora", "Ora+news").replace("lumen", "Lumen")).collect()
}

/// The same beside a name, which is what the general grammar is for.
fn named() -> Vec<String> {
    emails().iter().map(|email| format!("Nora Quill <{email}>")).collect()
}

/// The median time of one, each appended to a text that has room.
fn nanos(identifiers: &[String], mut append: impl FnMut(&str, &mut String)) -> f64 {
    let mut out = String::with_capacity(identifiers.len() * 400);
    let mut times: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            out.clear();
            let began = Instant::now();
            for identifier in identifiers {
                append(black_box(identifier), &mut out);
            }
            black_box(&out);
            began.elapsed().as_nanos() as f64 / identifiers.len() as f64
        })
        .collect();
    times.sort_unstable_by(f64::total_cmp);
    times[SAMPLES / 2]
}
