//! A company that exists only as arithmetic: every person, meeting and word is a pure function of the seed.

pub(crate) mod calendar;
pub(crate) mod cast;
pub(crate) mod ids;
pub(crate) mod instances;
pub(crate) mod participants;
pub(crate) mod recordings;
pub(crate) mod rooms;
pub(crate) mod summaries;
pub(crate) mod users;

use crate::config::Config;
use crate::dice::Dice;
use calendar::Calendar;
use ids::Ids;

/// The account and all that ever happened in it.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) users: u32,
    pub(crate) account_id: String,
    pub(crate) dice: Dice,
    pub(crate) ids: Ids,
    pub(crate) calendar: Calendar,
    guest_percent: u64,
    pub(crate) counting_lag: i64,
}

impl World {
    pub(crate) fn new(config: &Config) -> Self {
        World {
            users: config.users.max(1),
            account_id: config.account_id.clone(),
            dice: Dice::new(config.seed),
            ids: Ids::new(config.seed),
            calendar: Calendar::before(crate::clock::unix_seconds(config.now)),
            guest_percent: config.guest_percent.into(),
            counting_lag: config.counting_lag.as_secs() as i64,
        }
    }
}
