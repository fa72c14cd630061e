//! The least that the wire format asks for: the body is read once, and each identifier is hashed, encrypted where
//! its token is reversible, and written in base64. No rule is looked at, nothing is selected, nothing is written.

use std::collections::HashMap;
use std::hint::black_box;
use std::ops::Range;

use aes::Aes256Enc;
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeEncrypt, InnerIvInit, KeyInit};
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};
use sha2::{Digest, Sha256};
use vizard_pseudonym::email::parse_mailbox;
use vizard_tests::keys::{ENCRYPTION_KEY, SALT};

const HASH: usize = 32;
const BLOCK: usize = 16;

/// The key of all examples, expanded once.
pub(crate) fn cipher() -> Aes256Enc {
    let mut key = [0; 32];
    pbkdf2::pbkdf2_hmac::<Sha256>(ENCRYPTION_KEY.as_bytes(), SALT.as_bytes(), 65_536, &mut key);
    Aes256Enc::new((&key).into())
}

/// The identifiers of one body, as often as its rules make pseudonyms of them, side by side in one text.
pub(crate) struct Floor<'c> {
    cipher: &'c Aes256Enc,
    texts: String,
    identifiers: Vec<Identifier>,
    sealed: Vec<u8>,
    letters: Vec<u8>,
}

struct Identifier {
    /// What is hashed. Canonicalizing is not measured.
    canonical: Range<usize>,
    /// What is encrypted.
    original: Range<usize>,
    reversible: bool,
}

/// Reads the body and keeps nothing.
///
/// `arbitrary_precision`, with which the workspace compiles serde_json, makes no difference here: 56 µs with and
/// without it for 116 KB of report records, since numbers that are ignored are not kept either. It costs a third
/// more where a `Value` is built, which the library's line includes. Text that is ignored is not checked for UTF-8.
pub(crate) fn validate(body: &[u8]) -> usize {
    let documents = Deserializer::from_slice(body).into_iter::<IgnoredAny>();
    documents.inspect(|it| assert!(it.is_ok(), "the body is JSON")).count()
}

impl<'c> Floor<'c> {
    /// Finds the identifier of each token in the sanitized body by its hash, and holds that the token made of it
    /// here is the same, so that what is measured is what was done.
    pub(crate) fn of(cipher: &'c Aes256Enc, body: &[u8], sanitized: &[u8]) -> Self {
        let mut by_hash: HashMap<[u8; HASH], (String, String)> = HashMap::new();
        for document in documents(body) {
            each_scalar(&document, &mut |original| {
                let canonical = canonical(&original);
                by_hash.entry(hash(canonical.as_bytes())).or_insert((canonical, original));
            });
        }
        let mut floor = Floor {
            cipher,
            texts: String::new(),
            identifiers: Vec::new(),
            sealed: vec![0; 4096],
            letters: vec![0; 8192],
        };
        for document in documents(sanitized) {
            each_scalar(&document, &mut |token| floor.add(&token, &by_hash));
        }
        floor
    }

    fn add(&mut self, token: &str, by_hash: &HashMap<[u8; HASH], (String, String)>) {
        let reversible = token.starts_with("p~");
        if !reversible && !token.starts_with("t~") {
            return;
        }
        let letters = token[2..].split('@').next().unwrap_or_default();
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(letters).expect("a token is base64");
        let hash = bytes.first_chunk::<HASH>().expect("a token begins with a hash");
        let (canonical, original) = &by_hash[hash];
        let start = self.texts.len();
        self.texts.push_str(canonical);
        let canonical = start..self.texts.len();
        let original = if canonical.len() == original.len() && self.texts.ends_with(original.as_str()) {
            canonical.clone()
        } else {
            self.texts.push_str(original);
            canonical.end..self.texts.len()
        };
        self.identifiers.push(Identifier { canonical, original, reversible });
        let again = self.token(self.identifiers.len() - 1);
        assert_eq!(&self.letters[..again], letters.as_bytes());
    }

    /// How many pseudonyms there are, and how many of them are reversible.
    pub(crate) fn counts(&self) -> (usize, usize) {
        (self.identifiers.len(), self.identifiers.iter().filter(|it| it.reversible).count())
    }

    /// The work that is measured.
    pub(crate) fn run(&mut self, body: &[u8]) -> usize {
        let mut letters = validate(body);
        for index in 0..self.identifiers.len() {
            letters += self.token(index);
            black_box(&self.letters);
        }
        letters
    }

    /// Writes the letters of one token over those of the last and says how many they are.
    fn token(&mut self, index: usize) -> usize {
        let identifier = &self.identifiers[index];
        let text = self.texts.as_bytes();
        let hash = hash(&text[identifier.canonical.clone()]);
        if !identifier.reversible {
            return encode(&hash, &mut self.letters);
        }
        let original = &text[identifier.original.clone()];
        let length = HASH + (original.len() / BLOCK + 1) * BLOCK;
        let (prefix, rest) = self.sealed[..length].split_at_mut(HASH);
        prefix.copy_from_slice(&hash);
        let iv: &[u8; BLOCK] = hash.first_chunk().expect("a hash is two blocks long");
        cbc::Encryptor::inner_iv_init(self.cipher, iv.into())
            .encrypt_padded_b2b::<Pkcs7>(original, rest)
            .expect("the length leaves room for the padding");
        encode(&self.sealed[..length], &mut self.letters)
    }
}

fn hash(canonical: &[u8]) -> [u8; HASH] {
    Sha256::new_with_prefix(canonical).chain_update(SALT).finalize().into()
}

fn encode(bytes: &[u8], letters: &mut [u8]) -> usize {
    BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, letters).expect("there is room for the letters")
}

/// What is hashed of an identifier: an address without its name, case and `+tag`, anything else as it is.
fn canonical(original: &str) -> String {
    match parse_mailbox(original) {
        Some(it) => {
            let local = it.local.split('+').next().unwrap_or_default();
            format!("{local}@{}", it.domain).to_ascii_lowercase()
        }
        None => original.to_owned(),
    }
}

fn documents(body: &[u8]) -> impl Iterator<Item = Value> {
    Deserializer::from_slice(body).into_iter().map(|it| it.expect("the body is JSON"))
}

fn each_scalar(value: &Value, give: &mut impl FnMut(String)) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(it) => give(it.to_string()),
        Value::String(it) => give(it.clone()),
        Value::Array(it) => it.iter().for_each(|it| each_scalar(it, give)),
        Value::Object(it) => it.values().for_each(|it| each_scalar(it, give)),
    }
}
