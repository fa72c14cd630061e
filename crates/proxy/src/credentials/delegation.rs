//! One service account, and its tokens for each user it acts for. Each has its own life: what fails for one user is
//! nothing to the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::account::{self, Account};
use super::origin::Origin;
use super::renewal::Renewal;
use super::user::User;
use super::{Authorization, CredentialError, Ids, TokenId};
use crate::ports::{Clock, Upstream};
use crate::secrets::Secrets;

/// The tokens of a service account.
#[derive(Debug)]
pub(super) struct Delegation {
    /// For nobody but itself.
    account: Account,
    secrets: Secrets,
    upstream: Arc<dyn Upstream>,
    clock: Arc<dyn Clock>,
    ids: Ids,
    own: Arc<Renewal>,
    users: Mutex<Users>,
}

/// Who was acted for lately.
#[derive(Debug, Default)]
struct Users {
    all: HashMap<User, Used>,
    /// Counts up with each use.
    turn: u64,
}

#[derive(Debug)]
struct Used {
    renewal: Arc<Renewal>,
    turn: u64,
}

impl Delegation {
    pub(super) fn new(
        account: Account,
        secrets: Secrets,
        upstream: Arc<dyn Upstream>,
        clock: Arc<dyn Clock>,
    ) -> Delegation {
        let ids = Ids::default();
        let origin = Origin::Account(account.clone());
        let own = Renewal::new(origin, secrets.clone(), upstream.clone(), clock.clone(), ids.clone());
        let (own, users) = (Arc::new(own), Mutex::default());
        Delegation { account, secrets, upstream, clock, ids, own, users }
    }

    pub(super) async fn for_request(
        &self,
        user: Option<&User>,
        deadline: std::time::Instant,
        failed: Option<TokenId>,
    ) -> Result<Authorization, CredentialError> {
        let renewal = user.map_or_else(|| self.own.clone(), |user| self.of(user));
        renewal.for_request(deadline, failed).await
    }

    /// The key, where nobody else vouches for the account and it is not there.
    pub(super) async fn missing(&self) -> Result<Vec<&'static str>, CredentialError> {
        if self.account.workload.is_some() || self.secrets.read(account::KEY).await?.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![account::KEY])
    }

    pub(super) async fn settle(&self) {
        self.own.settle().await;
        let all: Vec<_> = self.users().all.values().map(|used| used.renewal.clone()).collect();
        for renewal in all {
            renewal.settle().await;
        }
    }

    /// The tokens for a user. Whoever was not acted for the longest makes room; a request that waits for that token
    /// still gets it.
    fn of(&self, user: &User) -> Arc<Renewal> {
        let mut users = self.users();
        users.turn += 1;
        let turn = users.turn;
        if let Some(used) = users.all.get_mut(user) {
            used.turn = turn;
            return used.renewal.clone();
        }
        if users.all.len() >= USERS {
            let longest = users.all.iter().min_by_key(|(_, used)| used.turn).map(|(user, _)| user.clone());
            longest.and_then(|user| users.all.remove(&user));
        }
        let origin = Origin::Account(Account { user: Some(user.clone()), ..self.account.clone() });
        let (secrets, upstream, clock) = (self.secrets.clone(), self.upstream.clone(), self.clock.clone());
        let renewal = Arc::new(Renewal::new(origin, secrets, upstream, clock, self.ids.clone()));
        users.all.insert(user.clone(), Used { renewal: renewal.clone(), turn });
        renewal
    }

    fn users(&self) -> std::sync::MutexGuard<'_, Users> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// So many users' tokens are kept.
const USERS: usize = 50;
