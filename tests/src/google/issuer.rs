//! Who vouches for accounts: Google's issuer of identity tokens, whose keys rotate.

use std::sync::{Arc, Mutex};

use serde_json::json;

use super::Google;
use crate::oidc::{self, Signer};

/// The issuer. Pushes and the metadata server have their tokens from it.
#[derive(Debug)]
pub struct Issuer {
    site: oidc::Issuer,
    signing: Arc<Mutex<Signer>>,
}

impl Issuer {
    /// Starts one for this Google.
    pub async fn of(google: &Google) -> Issuer {
        let signer = Signer::rsa("key-1");
        let site = oidc::Issuer::publishing(&[&signer]).await;
        let (url, signing) = (site.url().to_owned(), Arc::new(Mutex::new(signer)));
        let key = signing.clone();
        google.vouch(move |account, audience| {
            let now = oidc::now();
            key.lock().unwrap().token(&json!({
                "iss": url,
                "aud": audience,
                "azp": "113774264463038321964",
                "sub": "113774264463038321964",
                "email": account,
                "email_verified": true,
                "iat": now,
                "exp": now + 3600,
            }))
        });
        Issuer { site, signing }
    }

    /// Its address, which is its name.
    pub fn url(&self) -> &str {
        self.site.url()
    }

    /// Signs with another key from now on, and publishes that one alone.
    pub fn rotate(&self) {
        let signer = Signer::rsa("key-2");
        self.site.publish(&[&signer]);
        *self.signing.lock().unwrap() = signer;
    }

    /// Signs with a key from now on that nobody has published, under the name of one that is.
    pub fn forge(&self) {
        *self.signing.lock().unwrap() = Signer::rsa("key-1");
    }
}
