//! `vizard secrets set`: values are read, judged, tried at the source's token endpoint, and only then written.

mod attempt;
mod gather;
mod judge;

pub(crate) use attempt::account_token;

use std::collections::BTreeMap;
use std::sync::Arc;

use vizard_proxy::ports::StoreError;
use vizard_proxy::settings::Environment;
use vizard_pseudonym::Secret;

use super::candidates::Candidates;
use super::check::Deployed;
use super::examine::fingerprint;
use super::known::Known;
use super::standing::{self, Standing};
use crate::exit::{self, Code, Stop};
use crate::target::{Deployment, Intent, Opened, Target};

/// The command line of `vizard secrets set`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Which secrets; without names, those that the source's connector wants from an operator
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    deployment: Deployment,
    /// Read the values from standard input: lines NAME=value, or one JSON object
    #[arg(long)]
    stdin: bool,
    /// Read one value from a file
    #[arg(long, value_name = "NAME=PATH")]
    from_file: Vec<String>,
    /// Make PSOXY_SALT and PSOXY_ENCRYPTION_KEY of 32 random bytes each, where they are not there yet
    #[arg(long)]
    generate: bool,
    /// Do not try the credentials at the source's token endpoint first
    #[arg(long)]
    no_try: bool,
    /// Take values that do not look like what the source gives out
    #[arg(long)]
    any_shape: bool,
    /// Make secrets in a cloud though none of this deployment's stands there, not even a placeholder
    #[arg(long)]
    create: bool,
    /// Replace a salt that is there: nothing that was pseudonymized before can be joined with what comes after
    #[arg(long)]
    replace_salt_and_lose_every_pseudonym: bool,
    /// Replace a key that is there: pseudonyms that were made reversible before cannot be reversed any more
    #[arg(long)]
    replace_key_and_lose_every_reversal: bool,
}

pub(crate) const VALUES: &str = "\
Values are typed without being shown, or come with --stdin or --from-file; never on the command
line. White space around credentials is left out. Around salts and keys, where it counts, it is
refused. Nothing is written when one value is wrong or the token endpoint refuses.

Exit codes: 0 written, 1 nothing written because a check failed, 64 wrong command line, 66 a file
cannot be read, 69 no secret store, 74 a secret could not be written, 78 the settings are wrong";

/// A value on its way into the store.
#[derive(Debug)]
struct Candidate {
    known: Known,
    value: Secret,
    place: String,
}

pub(crate) async fn run(arguments: &Arguments) -> Result<(), Stop> {
    if arguments.deployment.target == Target::Environment {
        return Err(Stop::because(Code::Usage, "an environment cannot be written to"));
    }
    let opened = arguments.deployment.open(Intent::Write).await?;
    opened.where_it_is().into_iter().for_each(exit::remark);
    let known = Deployed::of(&opened).await.secrets(None);
    let wanted = gather::wanted(&arguments.names, &known)?;
    gather::are_listed(&arguments.names, &opened)?;
    let standing = all_standing(&opened, &known).await?;
    if let Some(look) = opened.may_be_elsewhere()
        && !arguments.create
        && standing.values().all(Vec::is_empty)
    {
        return Err(Stop::because(Code::NotAsPromised, format_args!("{NOTHING_THERE}\n{look} {MADE_ANEW}")));
    }
    let absent = gather::absent(&opened, &wanted, &standing).await;

    let given = gather::given(arguments, &opened, &wanted, &absent, &standing)?;
    let candidates = judge::judge(arguments, &opened, &given, &known, &standing)?;
    if candidates.is_empty() {
        exit::remark("nothing to write");
    } else {
        let values = candidates.iter().map(|it| (it.place.clone(), it.value.clone())).collect();
        let over = Arc::new(Candidates::over(opened.store.clone(), values));
        let done = try_and_write(arguments.no_try, &opened, &candidates, &over).await;
        if let Err(error) = over.give_back().await {
            let lasts = "proxies wait for it to run out, a minute at most, before they renew a token";
            exit::remark(format_args!("the lease could not be given back ({error}): {lasts}"));
        }
        done?;
        about_the_salt(&candidates)?;
    }
    if arguments.names.is_empty() {
        let written = |name: &str| candidates.iter().any(|it| it.known.name == name);
        let missing: Vec<_> = absent.iter().map(|it| it.name.as_str()).filter(|it| !written(it)).collect();
        if !missing.is_empty() {
            exit::remark(format_args!("still missing: {}", missing.join(", ")));
        }
    }
    Ok(())
}

/// Where the source replaces a refresh token, nobody else may renew one from here to the end.
async fn try_and_write(
    no_try: bool,
    opened: &Opened,
    candidates: &[Candidate],
    over: &Arc<Candidates>,
) -> Result<(), Stop> {
    let names: Vec<&str> = candidates.iter().map(|it| it.known.name.as_str()).collect();
    attempt::attempt(no_try, opened, over.clone(), &names).await?;
    write(opened, candidates, over.kept()).await
}

/// Everything that stands in the store now, by name.
async fn all_standing(opened: &Opened, known: &[Known]) -> Result<BTreeMap<String, Vec<Standing>>, Stop> {
    let mut all = BTreeMap::new();
    for known in known {
        let standing = standing::look(&*opened.store, &opened.namespaces, &known.name).await;
        let standing =
            standing.map_err(|error| Stop::because(Code::Unavailable, opened.explained(&error)))?;
        all.insert(known.name.clone(), standing);
    }
    Ok(all)
}

/// Writes one after the other and says where each is. A refresh token that the source replaced is there already.
async fn write(opened: &Opened, candidates: &[Candidate], kept: Option<String>) -> Result<(), Stop> {
    if let Some(place) = &kept {
        exit::print(&format!("REFRESH_TOKEN: written to {place}\n"))?;
    }
    for Candidate { known, value, place } in candidates {
        let name = &known.name;
        if kept.is_none() || name != "REFRESH_TOKEN" {
            opened.store.write(place, value).await.map_err(|error: StoreError| {
                let why = opened.explained(&error);
                let words =
                    format!("could not write {name} at {place}: {why}; what is printed above is written");
                Stop::because(Code::Output, words)
            })?;
            exit::print(&format!("{name}: written to {place}\n"))?;
        }
        if opened.variables.given(name).is_some() {
            exit::remark(format_args!("{name} is also a variable of the deployment, which comes first"));
        }
    }
    Ok(())
}

/// The salt is the one thing that nobody can make again.
fn about_the_salt(candidates: &[Candidate]) -> Result<(), Stop> {
    let Some(salt) = candidates.iter().find(|it| it.known.name == "PSOXY_SALT") else {
        return Ok(());
    };
    exit::print(&format!(
        "\nThe salt's fingerprint is {}. Note it with the date: the health report and the header\n\
         X-Psoxy-Pii-Salt-Sha256 tell it too, so that a changed salt is noticed. Keep a copy of the salt itself,\n\
         and of the key, where two people can get at them and no analyst can: without the salt no pseudonym\n\
         can be made again, and with it e-mail addresses can be guessed.\n",
        fingerprint(&salt.value)
    ))
}

const NOTHING_THERE: &str =
    "nothing was written: no secret of this deployment stands there, not even a placeholder.";
const MADE_ANEW: &str = "If they are, and the secrets are to be made anew: --create";
