//! Which values are wanted, and where they come from: files, standard input, chance, or the terminal.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};

use vizard_proxy::checkup;

use super::Arguments;
use crate::exit::{self, Code, Stop};
use crate::secrets::examine;
use crate::secrets::known::Known;
use crate::secrets::standing::{Standing, Worth};
use crate::secrets::values::Given;
use crate::target::Opened;

/// The secrets that are named, or that an operator has to write.
pub(super) fn wanted<'k>(names: &[String], known: &'k [Known]) -> Result<Vec<&'k Known>, Stop> {
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

/// Nobody should type a value that the proxy would not find.
pub(super) fn are_listed(names: &[String], opened: &Opened) -> Result<(), Stop> {
    let unlisted: Vec<_> =
        names.iter().filter(|name| !opened.has_somewhere(name)).map(String::as_str).collect();
    if unlisted.is_empty() {
        return Ok(());
    }
    let words = format!("nothing was written: {} {UNLISTED}", unlisted.join(", "));
    Err(Stop::because(Code::NotAsPromised, words))
}

/// Of a secret that the deployment does not have.
pub(super) const UNLISTED: &str = "would stand where VIZARD_SECRET_NAMES lists nothing, and the proxy would not find it; \
                                   add it to the deployment's secrets first";

/// Those of them that the proxy would not find.
pub(super) async fn absent<'k>(
    opened: &Opened,
    wanted: &[&'k Known],
    standing: &BTreeMap<String, Vec<Standing>>,
) -> Vec<&'k Known> {
    let mut absent = Vec::new();
    for known in wanted {
        if !is_real(standing, &known.name) && !examine::is_setting(opened, &known.name).await {
            absent.push(*known);
        }
    }
    absent
}

/// The values from wherever the command line says.
pub(super) fn given(
    arguments: &Arguments,
    opened: &Opened,
    wanted: &[&Known],
    absent: &[&Known],
    standing: &BTreeMap<String, Vec<Standing>>,
) -> Result<Given, Stop> {
    let mut given = Given::default();
    for (number, pair) in arguments.from_file.iter().enumerate() {
        given.read_file(number + 1, pair)?;
    }
    if arguments.stdin {
        given.read_standard_input()?;
    }
    if arguments.generate {
        generate(arguments, opened, standing, &mut given);
    }
    let asked = match asks_for(arguments, io::stdin().is_terminal()) {
        Asks::Nothing => &[],
        Asks::Wanted => wanted,
        Asks::Absent => absent,
    };
    let asked: Vec<&Known> =
        asked.iter().copied().filter(|it| !given.values.contains_key(&it.name)).collect();
    if !asked.is_empty() {
        given.prompt(&asked)?;
    }
    Ok(given)
}

fn generate(
    arguments: &Arguments,
    opened: &Opened,
    standing: &BTreeMap<String, Vec<Standing>>,
    given: &mut Given,
) {
    let replace = [
        ("PSOXY_SALT", arguments.replace_salt_and_lose_every_pseudonym),
        ("PSOXY_ENCRYPTION_KEY", arguments.replace_key_and_lose_every_reversal),
    ];
    for (name, replace) in replace {
        if is_real(standing, name) && !replace {
            exit::remark(format_args!("{name} is there already and stays as it is"));
            continue;
        }
        if given.values.contains_key(name) {
            continue;
        }
        if !opened.has_somewhere(name) {
            exit::remark(format_args!("{name} is not among VIZARD_SECRET_NAMES and is not made"));
        } else {
            given.values.insert(name.to_owned(), checkup::generated_secret());
        }
    }
}

fn is_real(standing: &BTreeMap<String, Vec<Standing>>, name: &str) -> bool {
    standing.get(name).is_some_and(|all| all.iter().any(|it| it.worth == Worth::Real))
}

/// What is asked for at the terminal, unless it is given otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asks {
    Nothing,
    /// All that is wanted; where there is no terminal, that is a mistake.
    Wanted,
    /// What is not there yet.
    Absent,
}

fn asks_for(arguments: &Arguments, terminal: bool) -> Asks {
    let Arguments { names, stdin, from_file, generate, .. } = arguments;
    if *stdin {
        Asks::Nothing
    } else if !names.is_empty() {
        Asks::Wanted
    } else if *generate {
        // A script is told what is missing, and goes on.
        if terminal { Asks::Absent } else { Asks::Nothing }
    } else if from_file.is_empty() {
        Asks::Wanted
    } else {
        Asks::Nothing
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn values_are_asked_for_where_nothing_else_gives_them() {
        for (words, at_a_terminal, in_a_script) in [
            ("", Asks::Wanted, Asks::Wanted),
            ("CLIENT_SECRET", Asks::Wanted, Asks::Wanted),
            ("--generate", Asks::Absent, Asks::Nothing),
            ("--generate --from-file A=b", Asks::Absent, Asks::Nothing),
            ("--generate CLIENT_SECRET", Asks::Wanted, Asks::Wanted),
            ("--generate --stdin", Asks::Nothing, Asks::Nothing),
            ("--stdin", Asks::Nothing, Asks::Nothing),
            ("--from-file A=b", Asks::Nothing, Asks::Nothing),
        ] {
            let line = ["set", "--target", "directory"].into_iter().chain(words.split_whitespace());
            let arguments = Line::parse_from(line).arguments;
            let asked = [true, false].map(|terminal| asks_for(&arguments, terminal));
            assert_eq!(asked, [at_a_terminal, in_a_script], "{words}");
        }
    }
}
