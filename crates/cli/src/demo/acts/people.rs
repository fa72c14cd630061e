//! Who is there, and what may they use.

use anyhow::Context as _;

use super::promised;
use crate::demo::story::Story;

/// Lists the users; returns the reversible token of the first.
pub(super) async fn list(story: &mut Story<'_>) -> anyhow::Result<String> {
    story.act(
        "Who is there?",
        "Names, phone numbers and anything the rules do not list stay inside; ids and e-mail addresses leave as \
         pseudonyms.",
    )?;
    let told = story.call("GET", "/v2/users?status=active&page_size=300").await?;
    let fields = [
        "id",
        "display_name",
        "email",
        "dept",
        "phone_number",
        "pmi",
        "employee_unique_id",
        "type",
        "status",
        "timezone",
        "last_login_time",
        "new_pii_field",
    ];
    story.compare(&told, "/users/0", &fields).await?;
    story.note(
        "A dash means that the field is not sent. `new_pii_field` is in no documentation: what Zoom adds tomorrow stays \
         inside until a rule lists it.",
    )?;
    let users = told.reply.json();
    let token =
        users.pointer("/users/0/id").and_then(|id| id.as_str()).context("the first user has no id")?;
    promised(token.starts_with("p~"), "a user's id leaves as a reversible token")?;
    story.suggest("", "/v2/users?status=active&page_size=2".to_owned());
    Ok(token.to_owned())
}

/// The settings of one user, by the token that the list gave.
pub(super) async fn settings(story: &mut Story<'_>, person: &str) -> anyhow::Result<()> {
    story.act(
        "A pseudonym is the key to the next call",
        "The caller puts the token into the path; the proxy turns it back on its way to Zoom and never tells.",
    )?;
    let told = story.call("GET", &format!("/v2/users/{person}/settings")).await?;
    let fields = [
        "in_meeting/meeting_summary_with_ai_companion/enable",
        "in_meeting/waiting_room",
        "in_meeting/custom_service_instructions",
        "recording/auto_recording",
        "recording/ip_address_access_control/ip_addresses_or_ranges",
        "schedule_meeting/pmi_password",
        "telephony/audio_conference_info",
    ];
    story.compare(&told, "", &fields).await?;
    promised(told.reply.status.is_success(), "a token from the list opens the settings")?;
    let seen = told.at_zoom.as_deref().unwrap_or_default();
    promised(!seen.contains("p~"), "Zoom sees the id and not the token")?;
    story.suggest("", format!("/v2/users/{person}/settings"));
    Ok(())
}
