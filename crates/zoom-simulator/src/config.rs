//! What a simulated Zoom account looks like and how it behaves.

use std::fmt;
use std::time::{Duration, SystemTime};

/// The description of one simulated account. `Config::default()` is the preset [`Config::tiny`].
///
/// ```
/// # use vizard_zoom_simulator::{Config, RateLimits};
/// let config = Config { users: 40, rate_limits: RateLimits::On, ..Config::default() };
/// assert_eq!(config.account_id, "4Kx2mPZQRh6tY8wLsVn3Ag");
/// ```
#[derive(Clone)]
pub struct Config {
    /// Everything that looks random is drawn from this number.
    pub seed: u64,
    /// How many people the account has; the first twelve are always the named cast.
    pub users: u32,
    /// The plan, which decides the rate limits.
    pub plan: Plan,
    /// The OAuth client the token endpoint accepts.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// The account the token endpoint accepts and the answers mention.
    pub account_id: String,
    /// Whether a new access token ends the ones before.
    pub token_policy: TokenPolicy,
    /// The life of an access token.
    pub token_ttl: Duration,
    /// The scopes that access tokens carry, classic or granular.
    pub scopes: Vec<String>,
    /// Whether the rate limits hold, and how well they are announced.
    pub rate_limits: RateLimits,
    /// Schema drift: every object of an answer has fields that no documentation mentions, with personal data.
    pub extra_fields: bool,
    /// How many in a hundred ad-hoc meetings have people from outside.
    pub guest_percent: u8,
    /// How long a large meeting (more than 50 people) shows duration 0 after its end.
    pub counting_lag: Duration,
    /// The instant at which the account's clock starts.
    pub now: SystemTime,
    /// Whether that clock then runs, or stands until it is advanced.
    pub clock: ClockMode,
    /// Whether everything sent is remembered for the canary ledger; a benchmark does without.
    pub ledger: bool,
    /// The loopback port; 0 picks a free one.
    pub port: u16,
}

/// A Zoom plan, as far as rate limits know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// The free plan.
    Free,
    /// Pro.
    Pro,
    /// Business, Education, Enterprise and Partner.
    Business,
}

/// What happens to earlier access tokens when a new one is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPolicy {
    /// They stay valid (Zoom today).
    Multi,
    /// They die (Zoom until 2023, and accounts that still behave so).
    SingleActive,
}

/// How the rate limits show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateLimits {
    /// No limits, no headers.
    Off,
    /// Limits, with every documented header.
    On,
    /// Limits, with the few headers that are seen in practice and no `Retry-After`.
    Patchy,
}

/// How the account's clock moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockMode {
    /// It stands still until it is advanced, so equal requests have equal answers.
    Frozen,
    /// It runs with real time, and can be advanced as well.
    Running,
}

/// The granular scopes a server-to-server app asks for to read all that is simulated.
pub const ALL_SCOPES: [&str; 14] = [
    "user:read:list_users:admin",
    "user:read:user:admin",
    "user:read:settings:admin",
    "meeting:read:list_meetings:admin",
    "meeting:read:meeting:admin",
    "meeting:read:past_meeting:admin",
    "meeting:read:list_past_instances:admin",
    "meeting:read:list_past_participants:admin",
    "meeting:read:participant:admin",
    "meeting:read:summary:admin",
    "cloud_recording:read:list_user_recordings:admin",
    "report:read:user:admin",
    "report:read:meeting:admin",
    "report:read:list_meeting_participants:admin",
];

impl Config {
    /// Twelve people with names one remembers: for demonstrations and tests.
    pub fn tiny() -> Self {
        Config {
            seed: 2026,
            users: 12,
            plan: Plan::Business,
            client_id: "LumenOrchardProxyS2S01".into(),
            client_secret: "pW7vKq2ZtR9bXn4LcYd8HsFj3MgUa6Te".into(),
            account_id: "4Kx2mPZQRh6tY8wLsVn3Ag".into(),
            token_policy: TokenPolicy::Multi,
            token_ttl: Duration::from_secs(3600),
            scopes: ALL_SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            rate_limits: RateLimits::Off,
            extra_fields: false,
            guest_percent: 35,
            counting_lag: Duration::from_secs(15 * 60),
            now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_774_958_400), // 2026-03-31T12:00:00Z
            clock: ClockMode::Frozen,
            ledger: true,
            port: 0,
        }
    }

    /// 200 people.
    pub fn small() -> Self {
        Config { users: 200, ..Config::tiny() }
    }

    /// 5,000 people.
    pub fn mid() -> Self {
        Config { users: 5_000, ..Config::tiny() }
    }

    /// 50,000 people, without a ledger.
    pub fn large() -> Self {
        Config { users: 50_000, ledger: false, ..Config::tiny() }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Config")
            .field("seed", &self.seed)
            .field("users", &self.users)
            .field("plan", &self.plan)
            .field("client_secret", &"[secret]")
            .finish_non_exhaustive()
    }
}

impl Default for Config {
    fn default() -> Self {
        Config::tiny()
    }
}
