//! `vizard doctor`, on a simulated Zoom: a deployment in order, and every kind of trouble.

use std::fs;
use std::time::SystemTime;

use serde_json::Value;
use vizard_zoom_simulator::{Config, Exceeded, Fault, Target};

use crate::deployment::{DOCTOR, Deployment, march, stand_in};

#[test]
fn finds_nothing_wrong_where_nothing_is_and_leaves_nothing_behind() {
    let mut deployment = Deployment::whole(march());
    deployment.set("ALLOWED_DATA_ACCESS_IP_BLOCKS", "10.20.0.0/16");
    let before = deployment.places();
    let ended = deployment.run(&DOCTOR, "");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{}", ended.stdout);
    for words in [
        "ok       PSOXY_SALT: set at shared/PSOXY_SALT; its fingerprint is",
        "ok       ACCESS_TOKEN: not there yet; the proxy writes it",
        "the clocks agree",
        "grants a token for 3599 s",
        "the 13 scopes that the rules need, and no other",
        "ok       state/: a lease was taken and given back",
        "ok       /v2/users: 200, ",
        " 11 entries",
        "ok       /v2/report/meetings/{meetingId}/participants: 200, ",
        "0 failed, 0 skipped",
    ] {
        assert!(ended.stdout.contains(words), "{words:?} is not in\n{}", ended.stdout);
    }
    assert_eq!(ended.stdout.matches("  /v2/").count(), 13, "{}", ended.stdout);
    for line in ended.stdout.lines() {
        assert!(line.len() <= 80 && line.trim_end() == line, "{line:?}");
    }
    assert_eq!(deployment.places(), before);
    assert_eq!(deployment.zoom.token_requests(), 2, "one to see whether it answers, one for a token");
}

#[test]
fn findings_are_a_promise_to_programs() {
    let deployment = Deployment::whole(march());
    let ended = deployment.run(&[&DOCTOR[..], &["--json"]].concat(), "");
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let members: Vec<_> = report.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["version", "verb", "source", "store", "verdict", "counts", "findings"]);
    assert_eq!((&report["version"], &report["verdict"]), (&1.into(), &"warning".into()));
    let call = report["findings"].as_array().unwrap().iter().find(|it| it["about"] == "/v2/users").unwrap();
    let members: Vec<_> = call.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["check", "state", "code", "about", "found", "do", "measured"]);
    assert_eq!((&call["check"], &call["code"]), (&"calls".into(), &"call-ok".into()));
    assert_eq!((&call["measured"]["status"], &call["measured"]["entries"]), (&200.into(), &11.into()));
    // A warning is a failure only for who says so.
    assert_eq!(deployment.run(&[&DOCTOR[..], &["--no-calls"]].concat(), "").code, 0);
    assert_eq!(deployment.run(&[&DOCTOR[..], &["--no-calls", "--strict"]].concat(), "").code, 1);
}

#[test]
fn tells_each_wrong_secret_by_its_name() {
    let cases: [(&str, &str, i32, &[&str]); 9] = [
        ("config/CLIENT_SECRET", "pW7vKq2ZtR9bXn4LcYd8HsFj3MgUa6Tf", 1, &["token-client zoom"]),
        ("config/ACCOUNT_ID", "5Kx2mPZQRh6tY8wLsVn3Ag", 1, &["token-account zoom"]),
        ("config/ACCOUNT_ID", "10012345678", 1, &["secret-shape ACCOUNT_ID", "token-account zoom"]),
        ("config/ACCOUNT_ID", "{}", 1, &["secret-empty-object ACCOUNT_ID", "token-account zoom"]),
        ("config/CLIENT_ID", "fill me", 1, &["secret-placeholder CLIENT_ID", "token-secret zoom"]),
        ("config/CLIENT_ID", " LumenOrchardProxyS2S01\n\n", 0, &["secret-white-space CLIENT_ID"]),
        ("config/PSOXY_SALT", "another-salt-of-more-than-32-letters", 0, &["secret-shadowed PSOXY_SALT"]),
        ("shared/PSOXY_SALT", "pepper", 0, &["secret-short PSOXY_SALT"]),
        ("shared/PSOXY_SALT", "\n", 1, &["secret-blank PSOXY_SALT"]),
    ];
    for (place, value, code, expected) in cases {
        let deployment = Deployment::whole(march());
        deployment.put(place, value);
        let troubles = deployment.troubles(&DOCTOR);
        assert_eq!(troubles, (code, expected.iter().map(|it| (*it).to_owned()).collect()), "{place}");
    }
}

#[test]
fn a_key_that_is_the_salt_and_a_refresh_token_that_is_not_used_are_noticed() {
    let deployment = Deployment::whole(march());
    deployment.put("shared/PSOXY_ENCRYPTION_KEY", crate::deployment::SALT);
    deployment.put("config/REFRESH_TOKEN", "authorized-in-march");
    deployment.put("state/REFRESH_TOKEN", "replaced-in-april");
    let troubles = deployment.troubles(&[&DOCTOR[..], &["--no-calls"]].concat());
    let expected = ["refresh-token-stale REFRESH_TOKEN", "secret-same PSOXY_SALT"].map(str::to_owned);
    assert_eq!(troubles, (1, expected.to_vec()));
}

#[test]
fn compares_what_is_granted_with_what_the_rules_need() {
    let scopes = |change: fn(&mut Vec<String>)| {
        let mut config = march();
        change(&mut config.scopes);
        Deployment::whole(config).troubles(&DOCTOR)
    };
    let missing = scopes(|all| all.retain(|it| it != "user:read:settings:admin"));
    let expected = ["scope-missing user:read:settings:admin", "call-scope /v2/users/{userId}/settings"];
    assert_eq!(missing, (1, expected.map(str::to_owned).to_vec()));

    let extra = scopes(|all| all.push("user:write:user:admin".to_owned()));
    assert_eq!(extra, (0, vec!["scope-extra user:write:user:admin".to_owned()]));

    let classic = scopes(|all| {
        all.retain(|it| !it.starts_with("report:"));
        all.push("report:read:admin".to_owned());
    });
    assert_eq!(classic, (0, vec!["scope-broad report:read:admin".to_owned()]));
}

#[test]
fn tells_where_the_way_to_the_source_ends() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = taken.local_addr().unwrap().to_string();
    drop(taken);
    let mut deployment = Deployment::whole(march());
    let endpoint = format!("http://{nobody}/oauth/token");
    deployment.set("REFRESH_ENDPOINT", &endpoint);
    let expected = [format!("egress-refused {nobody}"), format!("token-unreachable {nobody}")];
    assert_eq!(deployment.troubles(&DOCTOR), (1, expected.to_vec()));

    // Plain HTTP where TLS is expected.
    let mut deployment = Deployment::whole(march());
    let target = deployment.zoom.url().replace("http:", "https:");
    deployment.set("TARGET_HOST", &target);
    let (code, troubles) = deployment.troubles(&DOCTOR);
    assert_eq!(
        (code, &troubles[..2]),
        (1, &["egress-tls zoom", "call-failed /v2/users"].map(str::to_owned)[..])
    );
    assert_eq!(troubles.len(), 2, "the others are not tried: {troubles:?}");
}

#[test]
fn rules_are_the_ones_that_were_reviewed_or_it_says_so() {
    let rules = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/zoom/rules.yaml")).unwrap();
    let digest = vizard_sanitizer::RuleSet::load("rules.yaml", str::from_utf8(&rules).unwrap());
    let digest = digest.unwrap().rules.sha256().to_owned();
    let wrong = digest.chars().rev().collect::<String>();
    let broken = "endpoints:\n- pathTemplat: /x\n- pathTemplate: /y\n  transforms: [!<reduct> {}]\n";
    let named = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    for (name, value, code, expected) in [
        ("VIZARD_RULES_SHA256", digest.as_str(), 0, named(&[])),
        ("VIZARD_RULES_SHA256", wrong.as_str(), 1, named(&["rules-differ rules/zoom/rules.yaml"])),
        ("VIZARD_RULES_SHA256", "soon", 1, named(&["setting-invalid VIZARD_RULES_SHA256"])),
        ("VIZARD_RULES_SHA265", digest.as_str(), 1, named(&["setting-absent VIZARD_RULES_SHA256"])),
    ] {
        let mut deployment = Deployment::whole(march());
        deployment.set(name, value);
        assert_eq!(deployment.troubles(&DOCTOR), (code, expected), "{name}={value}");
    }
    let mut deployment = Deployment::whole(march());
    deployment.set("RULES", broken);
    let (code, troubles) = deployment.troubles(&DOCTOR);
    assert!(code == 1 && troubles.len() >= 2, "{troubles:?}");
    assert!(troubles.iter().all(|it| it == "rules-invalid RULES"), "{troubles:?}");
}

#[test]
fn rules_of_ones_own_are_probed_as_far_as_they_go() {
    let mut deployment = Deployment::whole(march());
    let rules = "endpoints:\n- pathTemplate: /v2/users\n  allowedQueryParams: [page_size]\n  allowedMethods: [GET]\n  \
                 transforms: [!<redact> {jsonPaths: [\"$.users\"]}]\n- pathTemplate: /v2/users/{userId}\n  \
                 allowedMethods: [GET]\n  transforms: [!<redact> {jsonPaths: [\"$..*\"]}]\n\
                 - pathTemplate: /v2/devices\n  allowedMethods: [GET]\n";
    let path = deployment.store().with_file_name("rules.yaml");
    fs::write(&path, rules).unwrap();
    let asked = [&DOCTOR[..], &["--rules", path.to_str().unwrap(), "--json"]].concat();
    let report: Value = serde_json::from_str(&deployment.run(&asked, "").stdout).unwrap();
    let calls = report["findings"].as_array().unwrap().iter().filter(|it| it["check"] == "calls");
    let calls: Vec<_> = calls.map(|it| format!("{} {}", it["code"], it["about"]).replace('"', "")).collect();
    let expected =
        ["call-not-admitted /v2/users", "call-no-data /v2/users/{userId}", "call-no-probe /v2/devices"];
    assert_eq!(calls, expected);
    // A scope that only the left-out endpoints need is one too many.
    let extra = report["findings"].as_array().unwrap().iter().filter(|it| it["code"] == "scope-extra");
    assert_eq!(extra.count(), 11);
    deployment.set("SOURCE", "tea");
    let ended = deployment.run(&asked, "");
    assert_eq!(ended.code, 1, "{}", ended.stdout);
}

#[test]
fn a_store_that_cannot_be_read_or_written_is_told_from_secrets_that_are_absent() {
    let mut deployment = Deployment::whole(march());
    deployment.set("VIZARD_SECRETS_DIR", "/nowhere/at/all");
    let (code, troubles) = deployment.troubles(&DOCTOR);
    assert_eq!(code, 1);
    assert!(troubles.contains(&"store-unavailable".to_owned()), "{troubles:?}");
    assert!(troubles.iter().any(|it| it == "setting-unreadable"), "{troubles:?}");
    assert!(!troubles.iter().any(|it| it.starts_with("secret-")), "{troubles:?}");

    let deployment = Deployment::whole(march());
    fs::write(deployment.store().join("state"), "a file where a folder should be").unwrap();
    let troubles = deployment.troubles(&[&DOCTOR[..], &["--no-calls"]].concat());
    assert_eq!(troubles, (1, vec!["state-unavailable state/".to_owned()]));
}

#[test]
fn wrong_settings_keep_it_from_the_source_but_not_from_the_rest() {
    let mut deployment = Deployment::whole(march());
    deployment.set("TLS_VERSION", "SSLv3");
    deployment.set("TARGET_HOSTS", "zoom");
    deployment.put("config/CLIENT_ID", "fill me");
    let (code, troubles) = deployment.troubles(&DOCTOR);
    assert_eq!(code, 1);
    assert_eq!(troubles, ["setting-invalid TLS_VERSION", "secret-placeholder CLIENT_ID"]);
    assert_eq!(deployment.zoom.token_requests() + deployment.zoom.rest_requests(), 0);
}

/// A server, unlike a function, has no place to put them, and does not start.
#[test]
fn copies_that_nobody_could_put_anywhere_are_a_wrong_setting() {
    let mut deployment = Deployment::whole(march());
    deployment.set("SIDE_OUTPUT_SANITIZED", "s3://lumen-orchard-copies/zoom");
    let troubles = deployment.troubles(&[&DOCTOR[..], &["--no-calls"]].concat());
    assert_eq!(troubles, (1, vec!["setting-invalid SIDE_OUTPUT_SANITIZED".to_owned()]));
}

#[test]
fn honours_the_pace_and_gives_up_where_nothing_works() {
    for (fault, expected) in [
        (Fault::RateLimited(Exceeded::PerDay), "call-pace /v2/users"),
        (Fault::Unauthorized, "call-failed /v2/users"),
        (Fault::ConnectionReset, "call-failed /v2/users"),
        (Fault::NotJson, "call-failed /v2/users"),
    ] {
        let deployment = Deployment::whole(march());
        deployment.zoom.set_fault(Target::Rest, fault.clone(), u32::MAX);
        let (_, troubles) = deployment.troubles(&DOCTOR);
        assert_eq!(troubles[0], expected, "{fault:?}");
        let rest = &troubles[1..];
        assert!(rest.iter().all(|it| it.starts_with("call-no-data ")), "{fault:?} {rest:?}");
        assert!(deployment.zoom.rest_requests() <= 2, "{fault:?}: {}", deployment.zoom.rest_requests());
    }
}

#[test]
fn one_endpoint_is_called_with_those_that_it_needs() {
    let deployment = Deployment::whole(march());
    let asked = [&DOCTOR[..], &["--endpoint", "/v2/past_meetings/{meetingId}/instances"]].concat();
    let ended = deployment.run(&asked, "");
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    assert_eq!(ended.stdout.matches("  /v2/").count(), 4, "{}", ended.stdout);
    let ended = deployment.run(&["doctor", "--endpoint", "/v2/phone"], "");
    assert_eq!((ended.code, ended.stdout.as_str()), (64, ""));
    assert!(ended.stderr.contains("/v2/users/{userId}/settings"), "{}", ended.stderr);
}

#[test]
fn a_clock_that_is_wrong_is_noticed() {
    let now = i64::try_from(SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    for (off, expected) in
        [(0, None), (-90, Some("clock-off")), (90, Some("clock-off")), (900, Some("clock-wrong"))]
    {
        let mut deployment = Deployment::whole(march());
        let date = jiff::Timestamp::from_second(now + off).unwrap().strftime("%a, %d %b %Y %H:%M:%S GMT");
        let stand_in = stand_in(&mut deployment, date.to_string());
        let (code, troubles) = deployment.troubles(&[&DOCTOR[..], &["--no-calls"]].concat());
        let host = stand_in.url().trim_start_matches("http://");
        let expected: Vec<_> = expected.iter().map(|code| format!("{code} {host}")).collect();
        assert_eq!(troubles, expected, "{off}");
        assert_eq!(code, i32::from(off == 900), "{off}");
    }
}

/// The token that was sent is used up: losing the next one would end the deployment.
#[test]
fn a_refresh_token_that_the_source_replaces_is_kept() {
    let mut deployment = Deployment::whole(march());
    let _stand_in = stand_in(&mut deployment, "Sat, 21 Nov 2026 09:34:20 GMT".to_owned());
    deployment.set("GRANT_TYPE", "refresh_token");
    deployment.put("config/REFRESH_TOKEN", "authorized");
    deployment.run(&DOCTOR, "");
    assert_eq!(deployment.value("state/REFRESH_TOKEN").as_deref(), Some("replacement-0"));
    assert_eq!(deployment.value("config/REFRESH_TOKEN").as_deref(), Some("authorized"));
    assert_eq!(deployment.value("state/ACCESS_TOKEN"), None);
    deployment.run(&DOCTOR, "");
    assert_ne!(deployment.value("state/REFRESH_TOKEN").as_deref(), Some("replacement-0"));
}

#[test]
fn needs_to_be_told_what_to_look_at() {
    for arguments in [
        vec!["doctor"],
        vec!["doctor", "--target", "attic"],
        vec!["doctor", "--target", "directory", "--env", "SOURCE"],
        vec!["doctor", "--target", "directory", "--until", "yesterday"],
        vec!["doctor", "--target", "directory", "--env", "SOURCE=zoom", "--connector", "badges"],
    ] {
        let ended = crate::run::vizard(&arguments).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (64, ""), "{arguments:?}: {}", ended.stderr);
    }
    let ended = crate::run::vizard(&["doctor", "--target", "environment", "--env-file", "/nowhere"]).run();
    assert_eq!(ended.code, 66, "{}", ended.stderr);
}

/// Secrets in variables, as on somebody's own machine: the variables of this process, without a file.
#[test]
fn looks_at_the_environment_too() {
    let deployment = Deployment::whole(march());
    let Config { client_id, client_secret, account_id, .. } = &deployment.config;
    let endpoint = format!("{}/oauth/token", deployment.zoom.url());
    let ended = crate::run::vizard(&[&DOCTOR[..], &["--target", "environment"]].concat())
        .with(&[
            ("SOURCE", "zoom"),
            ("TARGET_HOST", deployment.zoom.url()),
            ("REFRESH_ENDPOINT", &endpoint),
            ("VIZARD_ALLOW_LOOPBACK_HTTP", "true"),
            ("PSOXY_SALT", crate::deployment::SALT),
            ("PSOXY_ENCRYPTION_KEY", crate::deployment::KEY),
            ("CLIENT_ID", client_id),
            ("CLIENT_SECRET", client_secret),
            ("ACCOUNT_ID", account_id),
        ])
        .run();
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("[state-read-only]"), "{}", ended.stdout);
    deployment.assert_nothing_leaked(&ended);
}
