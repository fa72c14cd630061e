//! A public name for a secret salt, so that two deployments can be seen to share it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use crate::Secret;

/// Keeps the fingerprint apart from every pseudonym: nobody's identifier ends like this.
const PURPOSE: &str = "f33c366c-ae91-4819-b221-f9794ebb8145";

/// The fingerprint, or an empty text for an empty salt. It has an alphabet of its own: `_` for `/`, `.` for `+`.
pub(crate) fn fingerprint(salt: &Secret) -> String {
    if salt.expose().is_empty() {
        return String::new();
    }
    let hash = Sha256::new_with_prefix(salt.expose()).chain_update(PURPOSE).finalize();
    STANDARD_NO_PAD.encode(hash).replace('/', "_").replace('+', ".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_a_salt() {
        assert_eq!(fingerprint(&Secret::new("salt")), "pRwka918R7CEI6El1noIhIMJzqBGYUvvqXYHyMvxl2Y");
        assert_eq!(fingerprint(&Secret::new("")), "");
        // One whose standard form has both a plus and a slash would differ in two letters.
        assert!((0..50).all(|n| !fingerprint(&Secret::new(n.to_string())).contains(['+', '/', '-', '='])));
    }
}
