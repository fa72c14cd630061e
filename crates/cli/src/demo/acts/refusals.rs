//! Calls that nobody listed: Zoom never hears of them.

use super::promised;
use crate::demo::story::Story;

pub(super) async fn all(story: &mut Story<'_>, person: &str) -> anyhow::Result<()> {
    story.act(
        "What is not listed does not happen",
        "A method, a query parameter or a path that no rule names is refused, with a reason and without an echo.",
    )?;
    let before = story.world.zoom.rest_requests();
    let calls = [
        ("DELETE", format!("/v2/users/{person}"), "method-not-listed"),
        ("GET", "/v2/users?include_fields=host_key".to_owned(), "query-parameter-not-listed"),
        ("GET", "/v2/phone/call_history".to_owned(), "path-not-listed"),
    ];
    for (place, (method, target, code)) in calls.into_iter().enumerate() {
        if place > 0 {
            story.pause()?;
        }
        let told = story.call(method, &target).await?;
        let problem = told.reply.json();
        story.document("application/problem+json", &problem)?;
        promised(told.reply.status == 403 && problem["code"] == code, code)?;
    }
    promised(story.world.zoom.rest_requests() == before, "Zoom hears nothing of a refused call")?;
    story.suggest("-i", "/v2/users?include_fields=host_key".to_owned());
    Ok(())
}
