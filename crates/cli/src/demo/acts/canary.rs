//! The last act: is anything of what Zoom said in anything the proxy said?

use std::collections::BTreeSet;

use super::promised;
use crate::demo::story::Story;

pub(super) fn search(story: &mut Story<'_>) -> anyhow::Result<()> {
    story.act(
        "Did anything leak?",
        "The simulator kept a ledger of every name, address, number, link, passcode and sentence it sent. Each is \
         looked for, in six spellings, in every answer and every log line of the proxy.",
    )?;
    let secrets: BTreeSet<_> = story.world.zoom.secrets().into_iter().collect();
    let (answers, log) = story.said();
    let everything = answers.concat() + &log;
    let seen: Vec<_> = secrets.iter().filter(|secret| secret.is_in(&everything)).collect();
    let words = format!(
        "{} of {} secrets seen in {} answers and {} log lines ({} kB).",
        seen.len(),
        thousands(secrets.len()),
        answers.len(),
        log.lines().count(),
        everything.len() / 1000
    );
    promised(!secrets.is_empty() && !log.is_empty(), "there is something to look for")?;
    let kinds: BTreeSet<_> = seen.iter().map(|secret| secret.kind).collect();
    promised(seen.is_empty(), &format!("{words} Kinds: {kinds:?}"))?;
    story.verdict(&words)?;
    story.suggest("-H 'X-Psoxy-Health-Check: 1'", "/".to_owned());
    Ok(())
}

fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let lead = digits.len() % 3;
    let groups = digits.as_bytes()[lead..].chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let head = (lead > 0).then(|| digits[..lead].to_owned());
    head.into_iter().chain(groups).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn groups_digits() {
        let cases = [(0, "0"), (999, "999"), (1000, "1,000"), (41_327, "41,327"), (1_234_567, "1,234,567")];
        for (number, expected) in cases {
            assert_eq!(thousands(number), expected);
        }
    }
}
