//! `vizard secrets set`: values are read, judged, tried at the source's token endpoint, and only then written.

mod attempt;
mod judge;

use std::collections::BTreeMap;
use std::sync::Arc;

use vizard_proxy::checkup;
use vizard_proxy::ports::StoreError;
use vizard_proxy::settings::Environment;
use vizard_pseudonym::Secret;

use super::candidates::Candidates;
use super::check::Deployed;
use super::examine::fingerprint;
use super::known::Known;
use super::standing::{self, Standing, Worth};
use super::values::Given;
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
    let known = Deployed::of(&opened).await.secrets(None);
    let wanted = wanted(&arguments.names, &known)?;
    let standing = all_standing(&opened, &known).await?;

    let given = given(arguments, &wanted, &standing)?;
    let candidates = judge::judge(arguments, &opened, given, &known, &standing)?;
    if candidates.is_empty() {
        exit::remark("nothing to write");
        return Ok(());
    }
    let values = candidates.iter().map(|it| (it.place.clone(), it.value.clone())).collect();
    let over = Arc::new(Candidates::over(opened.store.clone(), values));
    let names: Vec<&str> = candidates.iter().map(|it| it.known.name.as_str()).collect();
    attempt::attempt(arguments.no_try, &opened, over.clone(), &names).await?;
    write(&opened, &candidates, &over.values()).await?;
    about_the_salt(&candidates)
}

/// The secrets that are named, or that an operator has to write.
fn wanted<'k>(names: &[String], known: &'k [Known]) -> Result<Vec<&'k Known>, Stop> {
    if names.is_empty() {
        return Ok(known.iter().filter(|it| it.required && !it.is_written_by_proxy()).collect());
    }
    let mut wanted = Vec::new();
    for (number, name) in names.iter().enumerate() {
        wanted.push(known.iter().find(|it| it.name == *name).ok_or_else(|| {
            // What stands in the place of a name may be a value.
            let all: Vec<_> = known.iter().map(|it| it.name.as_str()).collect();
            let words = format!("name {} is no secret's; there are {}", number + 1, all.join(", "));
            Stop::because(Code::Usage, words)
        })?);
    }
    Ok(wanted)
}

/// Everything that stands in the store now, by name.
async fn all_standing(opened: &Opened, known: &[Known]) -> Result<BTreeMap<String, Vec<Standing>>, Stop> {
    let mut all = BTreeMap::new();
    for known in known {
        let standing = standing::look(&*opened.store, &opened.namespaces, &known.name).await;
        all.insert(known.name.clone(), standing.map_err(|error| Stop::new(Code::Unavailable, error))?);
    }
    Ok(all)
}

/// The values from wherever the command line says. Without a word about it they are typed.
fn given(
    arguments: &Arguments,
    wanted: &[&Known],
    standing: &BTreeMap<String, Vec<Standing>>,
) -> Result<Given, Stop> {
    let mut given = Given::default();
    for pair in &arguments.from_file {
        given.read_file(pair)?;
    }
    if arguments.stdin {
        given.read_standard_input()?;
    }
    if arguments.generate {
        let replace = [
            ("PSOXY_SALT", arguments.replace_salt_and_lose_every_pseudonym),
            ("PSOXY_ENCRYPTION_KEY", arguments.replace_key_and_lose_every_reversal),
        ];
        for (name, replace) in replace {
            let there = standing.get(name).is_some_and(|all| all.iter().any(|it| it.worth == Worth::Real));
            if there && !replace {
                exit::remark(format_args!("{name} is there already and stays as it is"));
            } else if !given.values.contains_key(name) {
                given.values.insert(name.to_owned(), checkup::generated_secret());
            }
        }
    }
    let silent = !arguments.stdin && arguments.from_file.is_empty() && !arguments.generate;
    if silent || (!arguments.names.is_empty() && !arguments.stdin) {
        let missing: Vec<&Known> =
            wanted.iter().copied().filter(|it| !given.values.contains_key(&it.name)).collect();
        if !missing.is_empty() {
            given.prompt(&missing)?;
        }
    }
    Ok(given)
}

/// Writes one after the other and says where each is. Of what the source replaced, the replacement is written.
async fn write(
    opened: &Opened,
    candidates: &[Candidate],
    values: &BTreeMap<String, Secret>,
) -> Result<(), Stop> {
    for (place, value) in values {
        let candidate = candidates.iter().find(|it| it.place == *place);
        let name = candidate.map_or("REFRESH_TOKEN", |it| it.known.name.as_str());
        if candidate.is_none() && opened.store.read(place).await.ok().flatten().as_ref() == Some(value) {
            continue; // it was sent, and stays as it is
        }
        opened.store.write(place, value).await.map_err(|error: StoreError| {
            let words =
                format!("could not write {name} at {place}: {error}; what is printed above is written");
            Stop::because(Code::Output, words)
        })?;
        exit::print(&format!("{name}: written to {place}\n"))?;
        if candidate.is_some() && opened.variables.given(name).is_some() {
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
