//! The source's word on new credentials, before they are written.

use std::sync::Arc;
use std::time::Duration;

use vizard_proxy::checkup;
use vizard_proxy::credentials::{CredentialError, Credentials, Strategy, Trial};
use vizard_proxy::ports::{Clock, SystemClock};
use vizard_proxy::secrets::Secrets;
use vizard_proxy::upstream::{HttpUpstream, Transport};

use crate::exit::{self, Code, Stop};
use crate::secrets::account_key::ACCOUNT_KEY;
use crate::secrets::candidates::Candidates;
use crate::target::Opened;

/// Asks the token endpoint for a token with the candidates, where they have to do with it.
pub(super) async fn attempt(
    no_try: bool,
    opened: &Opened,
    candidates: Arc<Candidates>,
    names: &[&str],
) -> Result<(), Stop> {
    let settings = match checkup::settings_before_salt(&opened.variables, candidates.clone()).await {
        Ok(settings) => settings,
        Err(_) if no_try => return untried("--no-try"),
        Err(problems) => {
            let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
            let words = format!(
                "nothing was written: with these settings the values cannot be tried\n{}\n\
                 Correct the settings, or write the values untried with --no-try",
                problems.join("\n")
            );
            return Err(Stop::because(Code::Configuration, words));
        }
    };
    let needed = match &settings.strategy {
        Strategy::Exchange(_) => checkup::secrets_of(&settings.strategy).await,
        Strategy::ServiceAccount(_) => vec![ACCOUNT_KEY],
        Strategy::AccessToken | Strategy::Basic | Strategy::ApiKey { .. } => Vec::new(),
    };
    if !names.iter().any(|name| needed.contains(name)) {
        return Ok(());
    }
    if no_try {
        return untried("--no-try");
    }
    let upstream = HttpUpstream::new(Transport::of(&settings));
    let upstream = upstream.map_err(|error| Stop::new(Code::Unavailable, error))?;
    let secrets = Secrets::new(candidates.clone(), opened.namespaces.clone());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let tried = match &settings.strategy {
        Strategy::Exchange(exchange) => Trial::run(exchange, &secrets, &upstream, &clock)
            .await
            .map(|trial| format!(" and grants a token for {} s", trial.lifetime.as_secs())),
        strategy => account_token(strategy, secrets, upstream, clock).await.map(|()| String::new()),
    };
    match tried {
        Ok(granted) => exit::print(&format!("the token endpoint accepts them{granted}\n")),
        // The others are still to come.
        Err(CredentialError::Missing(name)) => untried(&format!("{name} is not set yet")),
        Err(error) => {
            let written = match (candidates.kept(), &error) {
                (Some(place), _) => format!(
                    "the source replaced the refresh token, and REFRESH_TOKEN is written to {place}; nothing else \
                     was written"
                ),
                (None, CredentialError::Store(_)) => NOT_ASKED.to_owned(),
                (None, _) => "nothing was written".to_owned(),
            };
            let words = format!("{written}: {error}\n(to write the values untried: --no-try)");
            Err(Stop::because(Code::NotAsPromised, words))
        }
    }
}

/// One token for the service account itself. Nothing is used up by that, and nothing is written.
pub(crate) async fn account_token(
    strategy: &Strategy,
    secrets: Secrets,
    upstream: HttpUpstream,
    clock: Arc<dyn Clock>,
) -> Result<(), CredentialError> {
    let deadline = clock.instant() + PATIENCE;
    let credentials = Credentials::new(strategy.clone(), secrets, Arc::new(upstream), clock, None);
    credentials.for_request(deadline, None).await.map(|_| ())
}

/// More than a token endpoint takes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Before that, it is only read from.
const NOT_ASKED: &str = "nothing was written, and the source was not asked, as the secret store fails";

fn untried(why: &str) -> Result<(), Stop> {
    exit::remark(format_args!("the token endpoint was not asked: {why}"));
    Ok(())
}
