//! Users, pages, errors, and the worlds' determinism.

use std::time::Duration;

use vizard_zoom_simulator::{Config, Plan};

use crate::client::{Zoom, send};

#[tokio::test]
async fn equal_configurations_give_equal_answers_and_other_seeds_others() {
    let (one, two) = (Zoom::start(Config::tiny()).await, Zoom::start(Config::tiny()).await);
    let other = Zoom::start(Config { seed: 7, ..Config::tiny() }).await;
    let id = one.running.user_id(3);
    for target in ["/v2/users".into(), format!("/v2/users/{id}"), format!("/v2/users/{id}/settings")] {
        assert_eq!(one.get(&target).await.body, two.get(&target).await.body);
        assert_ne!(one.get(&target).await.body, other.get(&target).await.body);
    }
}

#[tokio::test]
async fn the_cast_is_listed_with_every_documented_field() {
    let zoom = Zoom::start(Config::tiny()).await;
    let page = zoom.json("/v2/users?include_fields=host_key,custom_attributes").await;
    assert_eq!(page["users"][0]["display_name"], "Mirela Castellan");
    assert_eq!(page["total_records"], 11);
    assert_eq!(page["page_number"], 1);
    assert_eq!(zoom.json("/v2/users?status=inactive").await["total_records"], 1);
    let fields = "id first_name last_name display_name email type pmi timezone verified dept created_at \
                  user_created_at last_login_time last_client_version pic_url language phone_number group_ids \
                  im_group_ids status role_id employee_unique_id plan_united_type host_key custom_attributes";
    for field in fields.split_whitespace() {
        assert!(page["users"][0].get(field).is_some(), "{field}");
    }
}

#[tokio::test]
async fn pages_to_the_end_equal_one_listing() {
    let zoom = Zoom::start(Config { users: 700, ..Config::tiny() }).await;
    let whole = zoom.all("/v2/users?page_size=300", "users").await;
    assert_eq!(whole.len(), zoom.json("/v2/users").await["total_records"]);
    for size in [1_000, 299, 30] {
        assert_eq!(zoom.all(&format!("/v2/users?page_size={size}"), "users").await, whole);
    }
    let first = zoom.json("/v2/users?page_size=30").await;
    assert_eq!(first["users"].as_array().unwrap().len(), 30);
    let token = first["next_page_token"].as_str().unwrap().to_owned();
    let invalid = (400, 300, "The next page token is invalid or expired.".to_owned());
    assert_eq!(zoom.problem(&format!("/v2/users?page_size=31&next_page_token={token}")).await, invalid);
    assert_eq!(zoom.problem("/v2/users?next_page_token=made-up").await, invalid);
    zoom.running.advance(Duration::from_secs(15 * 60 + 1));
    assert_eq!(zoom.problem(&format!("/v2/users?page_size=30&next_page_token={token}")).await, invalid);
}

#[tokio::test]
async fn a_user_is_found_by_id_and_email_and_errors_repeat_what_was_asked() {
    let zoom = Zoom::start(Config::tiny()).await;
    let id = zoom.running.user_id(1);
    for spelling in
        [id.clone(), zoom.running.user_email(1), "TOBIAS.FERNCLIFF%40lumen-orchard.example".into()]
    {
        let user = zoom.json(&format!("/v2/users/{spelling}")).await;
        assert_eq!(user["id"], id.as_str());
        assert_eq!(user["pmi"], zoom.running.user_pmi(1));
    }
    let cases = [
        (
            "/v2/users/nobody%40lumen-orchard.example",
            404,
            1001,
            "User does not exist: nobody@lumen-orchard.example.",
        ),
        ("/v2/users/me", 400, 4700, "This API does not support client credentials for authorization."),
        ("/v2/meetings/81234567890", 404, 3001, "Meeting does not exist: 81234567890."),
        ("/v2/groups", 404, 2300, "This API endpoint is not recognized."),
        ("/v2/users?status=odd", 400, 300, "Validation Failed."),
        ("/v2/users?page_size=x", 400, 300, "Validation Failed."),
    ];
    for (target, status, code, message) in cases {
        assert_eq!(zoom.problem(target).await, (status, code, message.to_owned()), "{target}");
    }
    let free = Zoom::start(Config { plan: Plan::Free, ..Config::tiny() }).await;
    let report = free.problem(&format!("/v2/report/users/{id}/meetings")).await;
    assert_eq!(report.2, "Only available for Paid or ZMP account: 4Kx2mPZQRh6tY8wLsVn3Ag.");
}

#[tokio::test]
async fn writes_are_not_simulated() {
    let zoom = Zoom::start(Config::tiny()).await;
    let header = ("authorization", format!("Bearer {}", zoom.token));
    let answer = send(&zoom.running, "DELETE", "/v2/meetings/81234567890", &[header], "").await.unwrap();
    assert_eq!(answer.status, 405);
}

#[tokio::test]
async fn settings_have_secrets_and_switches_of_the_same_name() {
    let zoom = Zoom::start(Config::tiny()).await;
    let id = zoom.running.user_id(2);
    let settings = zoom.json(&format!("/v2/users/{id}/settings")).await;
    assert!(settings["schedule_meeting"]["pmi_password"].is_string());
    let security = zoom.json(&format!("/v2/users/{id}/settings?option=meeting_security")).await;
    assert!(security["meeting_security"]["pmi_password"].is_boolean());
    let options = zoom.json(&format!("/v2/users/{id}/settings?option=meeting_authentication")).await;
    assert!(options["authentication_options"].is_array());
}

#[tokio::test]
async fn the_port_closes_when_the_simulator_is_dropped() {
    let zoom = Zoom::start(Config::tiny()).await;
    let address = zoom.running.url().strip_prefix("http://").unwrap().to_owned();
    drop(zoom);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
