//! The acts, in order: what an analytics platform does in an ordinary week, and what it tries on a bad day.

mod canary;
mod meetings;
mod people;
mod refusals;
mod trouble;

use crate::demo::story::Story;

pub(crate) async fn play(story: &mut Story<'_>) -> anyhow::Result<()> {
    story.title(
        "Vizard: a privacy proxy, shown in front of a simulated Zoom",
        "Everything runs in this one process: real HTTP on loopback, the real OAuth flow, the rules as shipped. Only \
         the people are invented, and Zoom is asked the same question twice, so that you can see both sides.",
    )?;
    let person = people::list(story).await?;
    people::settings(story, &person).await?;
    meetings::of_a_person(story, &person).await?;
    let meeting = meetings::report(story, &person).await?;
    meetings::past(story, &meeting).await?;
    meetings::participants(story, &meeting).await?;
    meetings::summary(story).await?;
    refusals::all(story, &person).await?;
    trouble::error_body(story).await?;
    trouble::expired_token(story).await?;
    canary::search(story)
}

/// Ends the demonstration when something is not as the words above it say.
fn promised(kept: bool, promise: &str) -> anyhow::Result<()> {
    anyhow::ensure!(kept, "not as promised: {promise}");
    Ok(())
}
