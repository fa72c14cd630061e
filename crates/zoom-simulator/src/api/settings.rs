//! `/users/{id}/settings`: mostly switches, with a few credentials and free texts among them.

use serde_json::{Value, json};

use super::Call;
use crate::dice::{ALPHANUMERIC, BASE64_URL, DIGITS};
use crate::problem::Problem;
use crate::world::calendar::OFFICES;
use crate::world::users::User;

pub(super) fn of_user(call: Call<'_>) -> Result<Value, Problem> {
    let user = call.world.user(call.user()?);
    match call.query.get("option") {
        None | Some("") => Ok(all(call, &user)),
        Some("meeting_authentication" | "recording_authentication") => Ok(json!({
            "allow_authentication_exception": true,
            "meeting_authentication": true,
            "authentication_options": authentication_options(),
        })),
        Some("meeting_security") => Ok(json!({ "meeting_security": meeting_security() })),
        Some(_) => {
            let message = "The value is not one of the options.";
            Err(Problem::FieldInvalid { field: "option", message })
        }
    }
}

fn authentication_options() -> Value {
    json!([
        { "id": "signIn_D8cJuqWVQ623CI4Q8yQK0Q", "name": "Staff of Lumen Orchard by Harbor Quill login",
          "type": "enforce_login_with_domains", "domains": "lumen-orchard.example,harbor-quill.example",
          "default_option": true, "visible": true },
    ])
}

/// Here the same names as in `schedule_meeting` are switches, not passcodes.
fn meeting_security() -> Value {
    json!({
        "auto_security": true,
        "block_user_domain": true,
        "block_user_domain_list": ["saltmarsh-daughters.example"],
        "chat_etiquette_tool": { "enable": false },
        "embed_password_in_join_link": true,
        "encryption_type": "enhanced_encryption",
        "end_to_end_encrypted_meetings": false,
        "meeting_password": true,
        "meeting_password_requirement": {
            "consecutive_characters_length": 0, "have_letter": true, "have_number": true,
            "have_special_character": false, "have_upper_and_lower_characters": true, "length": 8,
            "only_allow_numeric": false, "weak_enhance_detection": true,
        },
        "only_authenticated_can_join_from_webclient": false,
        "phone_password": true,
        "pmi_password": true,
        "require_password_for_scheduled_meeting": true,
        "require_password_for_scheduled_webinar": true,
        "waiting_room": true,
        "waiting_room_settings": {
            "participants_to_place_in_waiting_room": 2,
            "users_who_can_admit_participants_from_waiting_room": 1,
            "whitelisted_domains_for_waiting_room": "harbor-quill.example,velaribas.example",
        },
    })
}

fn all(call: Call<'_>, user: &User) -> Value {
    let (world, i) = (call.world, u64::from(user.index));
    let on = |field: &str, per_mille| world.dice.roll(field, i, 77).per_mille(per_mille);
    let office = &OFFICES[user.office];
    let phone = world.phone(user.index);
    json!({
        "schedule_meeting": {
            "host_video": on("host video", 700),
            "participants_video": on("participants video", 500),
            "audio_type": "both",
            "join_before_host": on("join before host", 400),
            "force_pmi_jbh_password": true,
            "pstn_password_protected": true,
            "default_password_for_scheduled_meetings": world.dice.text("default passcode", i, 0, 8, ALPHANUMERIC),
            "pmi_password": world.passcode(user.pmi),
            "use_pmi_for_scheduled_meetings": false,
            "use_pmi_for_instant_meetings": user.index % 7 == 3,
            "require_password_for_scheduling_new_meetings": true,
            "require_password_for_instant_meetings": true,
            "require_password_for_pmi_meetings": "all",
            "embed_password_in_join_link": true,
            "mute_upon_entry": on("mute", 300),
            "always_turn_on_mobile_video": false,
            "personal_meeting": true,
            "meeting_template": { "enable": true, "templates": [] },
        },
        "in_meeting": {
            "e2e_encryption": false,
            "encryption_type": "enhanced_encryption",
            "chat": true,
            "private_chat": on("private chat", 900),
            "auto_saving_chat": on("saving chat", 200),
            "allow_users_save_chats": 2,
            "entry_exit_chime": "none",
            "record_play_voice": false,
            "file_transfer": on("file transfer", 600),
            "feedback": true,
            "post_meeting_feedback": on("feedback", 400),
            "co_host": true,
            "polling": true,
            "attendee_on_hold": false,
            "screen_sharing": true,
            "who_can_share_screen": "all",
            "annotation": on("annotation", 700),
            "whiteboard": true,
            "remote_control": on("remote control", 300),
            "non_verbal_feedback": true,
            "meeting_reactions": true,
            "breakout_room": true,
            "remote_support": false,
            "closed_caption": true,
            "closed_captioning": { "enable": true, "auto_transcribing": true, "third_party_captioning_service": false },
            "group_hd": true,
            "virtual_background": true,
            "virtual_background_settings": {
                "enable": true, "allow_videos": true, "allow_upload_custom": true,
                "files": [{
                    "id": world.dice.text("background", i, 0, 22, BASE64_URL),
                    "name": format!("{} at home.png", user.first), "type": "image", "size": 240_100,
                    "is_default": false,
                }],
            },
            "far_end_camera_control": false,
            "share_dual_camera": false,
            "waiting_room": true,
            "allow_live_streaming": on("streaming", 100),
            "custom_live_streaming_service": false,
            "custom_service_instructions": format!(
                "rtmp key {} held by {}",
                world.dice.text("stream key", i, 0, 20, ALPHANUMERIC),
                user.display()
            ),
            "workplace_by_facebook": false,
            "auto_answer": false,
            "show_meeting_control_toolbar": false,
            "meeting_question_answer": true,
            "meeting_summary_with_ai_companion": {
                "enable": true, "auto_enable": on("summary", 500), "who_will_receive_summary": 1,
            },
            "ai_companion_questions": { "enable": on("questions", 600), "auto_enable": false, "who_can_ask_questions": 1 },
        },
        "email_notification": {
            "jbh_reminder": true,
            "cancel_meeting_reminder": true,
            "alternative_host_reminder": true,
            "schedule_for_reminder": on("reminder", 500),
            "cloud_recording_available_reminder": true,
        },
        "recording": {
            "local_recording": on("local recording", 300),
            "cloud_recording": true,
            "record_speaker_view": true,
            "record_gallery_view": false,
            "record_audio_file": true,
            "save_chat_text": true,
            "show_timestamp": false,
            "recording_audio_transcript": on("transcript", 700),
            "auto_recording": "none",
            "host_pause_stop_recording": true,
            "auto_delete_cmr": true,
            "auto_delete_cmr_days": 90,
            "ask_participants_to_consent_disclaimer": true,
            "recording_disclaimer": true,
            "recording_password_requirement": { "length": 8, "have_letter": true, "have_number": true,
                "have_special_character": false, "only_allow_numeric": false },
            "ip_address_access_control": { "enable": true, "ip_addresses_or_ranges": "198.51.100.0/24,203.0.113.7" },
            "smart_recording": { "create_recording_highlights": true, "create_smart_chapters": true, "create_next_steps": false },
        },
        "telephony": {
            "third_party_audio": true,
            "audio_conference_info": format!("Dial {phone}, then {}", world.telephone_passcode(user.pmi)),
            "show_international_numbers_link": true,
            "telephony_regions": { "selection_values": office.country },
        },
        "tsp": { "call_out": true, "show_international_numbers_link": false },
        "audio_conferencing": {
            "toll_free_and_fee_based_toll_call": {
                "enable": true, "allow_webinar_attendees_dial": false,
                "numbers": [{
                    "code": office.dial.split(' ').next(), "country_code": office.country, "country_name": office.country,
                    "number": phone, "display_number": format!("{} {}", office.dial, world.dice.text("toll", i, 0, 6, DIGITS)),
                }],
            },
        },
        "profile": { "recording_storage_location": { "allowed_values": ["DE", "US"], "value": "DE" } },
        "whiteboard": { "enable": true, "auto_save": true },
        "feature": {
            "meeting_capacity": 300,
            "large_meeting": user.index == 0,
            "large_meeting_capacity": if user.index == 0 { 1000 } else { 0 },
            "webinar": false,
            "webinar_capacity": 0,
            "zoom_events": false,
            "zoom_phone": on("phone", 300),
            "concurrent_meeting": "Basic",
            "cn_meeting": false,
            "in_meeting": false,
        },
    })
}
