//! `vizard secrets set` where the source replaces refresh tokens: one that is tried may be used up by it.

use vizard_tests::stand_in::json;

use crate::deployment::{Deployment, march, stand_in};
use crate::secrets::{SET, told};

/// The token endpoint takes the one that is tried and gives another: that is the one to keep.
#[test]
fn a_refresh_token_that_trying_used_up_is_written_as_its_successor() {
    let mut deployment = Deployment::bare(march());
    let _stand_in = stand_in(&mut deployment, "Sat, 21 Nov 2026 09:34:20 GMT".to_owned());
    deployment.set("GRANT_TYPE", "refresh_token");
    deployment.put("config/REFRESH_TOKEN", "fill me");
    let config = &deployment.config;
    let input = format!("CLIENT_ID={}\nCLIENT_SECRET={}\n", config.client_id, config.client_secret);
    let ended = deployment.run(&SET, &format!("{input}REFRESH_TOKEN=authorized"));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(&ended, &["REFRESH_TOKEN: written to state/REFRESH_TOKEN\n"]);
    assert_eq!(deployment.value("state/REFRESH_TOKEN").as_deref(), Some("replacement-0"));
    // Another client is tried with the token that is there, whose successor is written too.
    let ended = deployment.run(&SET, "CLIENT_ID=LumenOrchardProxyS2S02");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(&ended, &["CLIENT_ID becomes another one", "REFRESH_TOKEN: written to state/REFRESH_TOKEN\n"]);
    assert_eq!(deployment.value("state/REFRESH_TOKEN").as_deref(), Some("replacement-1"));
}

/// Success, a replaced refresh token, and an access token that nobody can use.
#[test]
fn a_refresh_token_is_kept_though_the_answer_is_of_no_use() {
    let mut deployment = Deployment::bare(march());
    let stand_in = stand_in(&mut deployment, "Sat, 21 Nov 2026 09:34:20 GMT".to_owned());
    stand_in.answer(|_| json(r#"{"access_token":"a","expires_in":0,"refresh_token":"next"}"#));
    deployment.set("GRANT_TYPE", "refresh_token");
    deployment.put("config/REFRESH_TOKEN", "authorized");
    deployment.put("config/CLIENT_ID", &deployment.config.client_id);
    let ended = deployment.run(&SET, &format!("CLIENT_SECRET={}", deployment.config.client_secret));
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    told(&ended, &["REFRESH_TOKEN is written to state/REFRESH_TOKEN; nothing else was written: "]);
    assert_eq!(deployment.value("state/REFRESH_TOKEN").as_deref(), Some("next"));
    assert_eq!(deployment.value("config/CLIENT_SECRET"), None);
    assert_eq!(
        deployment.places(),
        ["config/CLIENT_ID", "config/REFRESH_TOKEN", "state/REFRESH_TOKEN"],
        "the lease is given back"
    );
}

/// One that is refused is not written, and the one that works stays.
#[test]
fn a_refresh_token_that_the_source_refuses_is_not_written() {
    let mut deployment = Deployment::bare(march());
    let stand_in = stand_in(&mut deployment, "Sat, 21 Nov 2026 09:34:20 GMT".to_owned());
    stand_in.answer(|_| {
        let mut answer = json(r#"{"error":"invalid_grant"}"#);
        *answer.status_mut() = http::StatusCode::BAD_REQUEST;
        answer
    });
    deployment.set("GRANT_TYPE", "refresh_token");
    deployment.put("state/REFRESH_TOKEN", "works");
    let config = &deployment.config;
    let input = format!("CLIENT_ID={}\nCLIENT_SECRET={}\n", config.client_id, config.client_secret);
    let ended = deployment.run(&SET, &format!("{input}REFRESH_TOKEN=authorized"));
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    told(&ended, &["nothing was written: the token endpoint answered with status 400"]);
    assert_eq!(deployment.places(), ["state/REFRESH_TOKEN"]);
    assert_eq!(deployment.value("state/REFRESH_TOKEN").as_deref(), Some("works"));
}
