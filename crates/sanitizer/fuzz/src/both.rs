//! Both executors over one body. Nobody may be able to tell them apart by what they return.

use std::sync::LazyLock;

use vizard_pseudonym::{KeyMaterial, Pseudonymizer, Secret, Settings};
use vizard_sanitizer::{Admitted, Options, Sanitized, Unsanitizable};

/// Every key is there.
pub(super) static KEYS: LazyLock<Pseudonymizer> = LazyLock::new(|| {
    let keys = KeyMaterial { encryption_key: Some(Secret::new("secret")), ..KeyMaterial::salted("salt") };
    Pseudonymizer::new(&keys, Settings::default())
});

/// A salt alone, so that reversible tokens are refused.
pub(super) static SALT: LazyLock<Pseudonymizer> =
    LazyLock::new(|| Pseudonymizer::new(&KeyMaterial::salted("salt"), Settings::default()));

/// The sanitized body, or the refusal, on which both agree.
pub(super) fn sanitize(
    admitted: &Admitted<'_>,
    body: &[u8],
    keys: &Pseudonymizer,
    options: Options,
) -> Result<Sanitized, Unsanitizable> {
    let usual = admitted.sanitize(body, keys, options);
    let by_tree = admitted.sanitize_by_tree(body, keys, options);
    let endpoint = admitted.endpoint();
    match (&usual, &by_tree) {
        (Ok(usual), Ok(by_tree)) => {
            let text = |it: &Sanitized| String::from_utf8_lossy(it.body()).into_owned();
            assert_eq!(text(usual), text(by_tree), "{endpoint}: bodies");
            // What was done to a value that is gone in the end is counted by one of them alone.
            let counts = |it: &Sanitized| (it.counts().documents, it.counts().augments_skipped);
            assert_eq!(counts(usual), counts(by_tree), "{endpoint}: counts");
        }
        (Err(usual), Err(by_tree)) => {
            let told = |it: &Unsanitizable| (it.code(), it.offset(), it.to_string());
            assert_eq!(told(usual), told(by_tree), "{endpoint}: refusals");
        }
        _ => panic!("{endpoint}: {usual:?} is not {by_tree:?}"),
    }
    usual
}
