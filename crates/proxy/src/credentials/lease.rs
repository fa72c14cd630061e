//! A lease that is given back whatever happens.

use crate::ports::Lease;
use crate::secrets::Secrets;

/// Holds a lease until [`Guard::release`]; when it is dropped instead, by a panic or a request that ended
/// early, the lease is given back in the background.
pub(super) struct Guard {
    held: Option<(Lease, Secrets)>,
}

impl Guard {
    pub(super) fn new(lease: Lease, secrets: Secrets) -> Guard {
        Guard { held: Some((lease, secrets)) }
    }

    /// A guard of nothing, where the store knows no leases.
    pub(super) fn none() -> Guard {
        Guard { held: None }
    }

    pub(super) async fn release(mut self) {
        // Taken only once it is given back: until then a drop still does it.
        if let Some((lease, secrets)) = &self.held {
            give_back(lease.clone(), secrets).await;
        }
        self.held = None;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let (Some((lease, secrets)), Ok(runtime)) =
            (self.held.take(), tokio::runtime::Handle::try_current())
        {
            runtime.spawn(async move { give_back(lease, &secrets).await });
        }
    }
}

async fn give_back(lease: Lease, secrets: &Secrets) {
    if let Err(error) = secrets.release(lease).await {
        tracing::warn!(%error, "could not give back the lease of the token; others wait until it runs out");
    }
}
