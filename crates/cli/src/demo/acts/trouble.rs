//! Days on which Zoom says too much, or an hour has passed.

use std::time::Duration;

use anyhow::{Context as _, bail};

use super::promised;
use crate::demo::story::Story;

/// An error whose message repeats what was asked for.
pub(super) async fn error_body(story: &mut Story<'_>) -> anyhow::Result<()> {
    story.act(
        "Errors talk too much",
        "Zoom's messages repeat the number that was asked for, which would turn a pseudonym back. Here the caller asks \
         for the past of a meeting that is still to come. The status and the code pass; the words are ours.",
    )?;
    let meeting = upcoming(story).await?;
    let told = story.call("GET", &format!("/v2/past_meetings/{meeting}")).await?;
    let asked = told.at_zoom.as_deref().context("zoom was not asked")?;
    let number = asked.rsplit('/').next().unwrap_or_default();
    let answered = story.world.straight(asked).await?;
    story.document("Zoom answers", &answered.json())?;
    story.document("the caller gets", &told.reply.json())?;
    promised(String::from_utf8_lossy(&answered.body).contains(number), "Zoom repeats the number")?;
    promised(!told.reply.text().contains(number), "the number stays inside")?;
    promised(told.reply.status == 404, "the status of an error passes")
}

/// The token of a meeting that has not taken place. Searched for behind the scenes.
async fn upcoming(story: &mut Story<'_>) -> anyhow::Result<String> {
    for person in 0..12 {
        let id = story.world.zoom.user_id(person);
        let target = format!("/v2/users/{id}/meetings?type=upcoming&page_size=30");
        let real = story.world.straight(&target).await?.json();
        let listed = story.quietly("GET", &target).await?.reply.json();
        let real = real["meetings"].as_array().into_iter().flatten();
        let listed = listed["meetings"].as_array().into_iter().flatten();
        for (real, listed) in real.zip(listed) {
            let answer = story.world.straight(&format!("/v2/past_meetings/{}", real["id"])).await?;
            if let (404, Some(token)) = (answer.status.as_u16(), listed["id"].as_str()) {
                return Ok(token.to_owned());
            }
        }
    }
    bail!("every meeting of this world has taken place")
}

/// The access token runs out.
pub(super) async fn expired_token(story: &mut Story<'_>) -> anyhow::Result<()> {
    story.act(
        "An hour later",
        "Zoom's access tokens live for an hour. The clock jumps; the proxy fetches a new one, and the caller sees \
         nothing of it.",
    )?;
    let zoom = &story.world.zoom;
    zoom.advance(Duration::from_secs(61 * 60));
    let before = zoom.token_requests();
    let told = story.call("GET", "/v2/users?page_size=30").await?;
    let fetched = zoom.token_requests() - before;
    story.note(&format!("New access tokens fetched: {fetched}. Credentials the caller holds: none."))?;
    promised(told.reply.status.is_success() && fetched == 1, "an expired token is replaced once, unseen")
}
