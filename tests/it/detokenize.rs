//! Reversible tokens in calls: they lead to what they stand for, and nowhere else.

use vizard_pseudonym::Kind;
use vizard_tests::keys;
use vizard_tests::world::World;

/// A token that the proxy gave out, put back into the next call, reaches the person it stands for.
#[tokio::test]
async fn a_reversible_token_leads_to_the_next_call() {
    let world = World::zoom().await;
    let users = world.get("/v2/users?page_size=30").await.json();
    let first = users["users"][0].clone();
    let (id, email) = (first["id"].as_str().unwrap(), first["email"].as_str().unwrap());
    let user = world.get(&format!("/v2/users/{id}")).await.json();
    assert_eq!((&user["id"], &user["email"]), (&first["id"], &first["email"]), "{email}");
    let sent = world.zoom.requests().last().unwrap().target.clone();
    assert_eq!(keys::pseudonymizer().reverse(id).unwrap().as_str(), sent.trim_start_matches("/v2/users/"));
    let meetings = world.get(&format!("/v2/users/{id}/meetings?type=previous_meetings")).await.json();
    let meetings = meetings["meetings"].as_array().unwrap();
    assert!(!meetings.is_empty(), "the host has no meetings");
    for meeting in meetings {
        assert_eq!(meeting["host_id"], first["id"]);
    }
    let number = meetings[0]["id"].as_str().unwrap();
    let instances = world.get(&format!("/v2/past_meetings/{number}/instances")).await;
    assert_eq!(instances.status.as_u16(), 200, "{}", instances.text());
    let instances = instances.json();
    let latest =
        instances["meetings"].as_array().unwrap().iter().max_by_key(|it| it["start_time"].to_string());
    let uuid = latest.unwrap()["uuid"].as_str().unwrap().to_owned();
    let encoded = uuid.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    let twice = encoded.replace('%', "%25");
    let mut shown = Vec::new();
    for spelling in [&uuid, &encoded, &twice] {
        let reply = world.get(&format!("/v2/past_meetings/{spelling}/participants?page_size=30")).await;
        assert_eq!(reply.status.as_u16(), 200, "{spelling}: {}", reply.text());
        shown.push(reply);
    }
    assert!(shown[0] == shown[1] && shown[1] == shown[2], "one UUID, three answers");
    world.assert_nothing_leaked();
}

#[tokio::test]
async fn a_token_that_is_not_ours_or_was_changed_is_refused() {
    let world = World::zoom().await;
    let token = world.user_token(1);
    let other_key =
        keys::of(keys::SALT, "another key").token(&world.zoom.user_id(1), Kind::Reversible).unwrap();
    let other_salt = keys::of("another salt", keys::ENCRYPTION_KEY)
        .token(&world.zoom.user_id(1), Kind::Reversible)
        .unwrap();
    let mut bad = vec![other_key, other_salt];
    // Each character of the token, changed a little. The last one holds two bits that mean nothing.
    for at in 2..token.len() {
        let changed = match token.as_bytes()[at] {
            b'A' => 'E',
            b'-' => '_',
            _ => 'A',
        };
        if changed as u8 != token.as_bytes()[at] {
            bad.push(format!("{}{changed}{}", &token[..at], &token[at + 1..]));
        }
    }
    bad.push(format!("{token}AAAA"));
    bad.push(token[..token.len() - 1].to_owned());
    assert!(bad.len() > 80, "{}", bad.len());
    for bad in bad {
        let reply = world.get(&format!("/v2/users/{bad}")).await;
        let expected = (409, "TOKENIZED_REQUEST_PARAMETER_INVALID".to_owned(), "token-invalid".to_owned());
        assert_eq!(reply.problem(), expected, "{bad}");
        assert!(!reply.text().contains(&bad[2..20]), "{}", reply.text());
    }
    assert_eq!(world.zoom.rest_requests(), 0);
    assert_eq!(world.get(&format!("/v2/users/{token}")).await.status.as_u16(), 200);
    // The domain behind a token is not part of it.
    for suffix in ["@lumen-orchard.example", "%40lumen-orchard.example"] {
        assert_eq!(world.get(&format!("/v2/users/{token}{suffix}")).await.status.as_u16(), 200, "{suffix}");
    }
}

/// The plaintext of a token that is ours, but was made of something else than an id.
#[tokio::test]
async fn a_token_cannot_be_used_to_reach_another_endpoint() {
    let world = World::zoom().await;
    for (plain, code) in [
        ("../accounts", "token-changes-path"),
        ("..", "token-changes-path"),
        (".", "token-changes-path"),
        ("x/token", "token-changes-path"),
        ("x\\token", "token-changes-path"),
        ("x\r\nHost: lumen-orchard.example", "token-changes-path"),
        ("x\0", "token-changes-path"),
        ("x%2Fy", "token-changes-path"),
    ] {
        let token = keys::pseudonymizer().token(plain, Kind::Reversible).unwrap();
        let reply = world.get(&format!("/v2/users/{token}")).await;
        assert_eq!(reply.problem(), (403, "BLOCKED_BY_RULES".to_owned(), code.to_owned()), "{plain:?}");
    }
    assert_eq!(world.zoom.rest_requests(), 0);
    // What would mean something to a URL is only text in a component.
    for (plain, sent) in [
        ("x?include_fields=host_key", "/v2/users/x%3Finclude_fields%3Dhost_key"),
        ("x#y", "/v2/users/x%23y"),
        ("x;y", "/v2/users/x%3By"),
        ("x y", "/v2/users/x%20y"),
    ] {
        let token = keys::pseudonymizer().token(plain, Kind::Reversible).unwrap();
        let reply = world.get(&format!("/v2/users/{token}")).await;
        assert_eq!(reply.status.as_u16(), 404, "{plain}");
        assert_eq!(world.zoom.requests().last().unwrap().target, sent, "{plain}");
    }
}
