//! `vizard secrets`, on a simulated Zoom and a directory.

use serde_json::{Value, json};
use vizard_zoom_simulator::{Fault, Target};

use crate::deployment::{Deployment, KEY, SALT, march};
use crate::run::Ended;

pub(crate) const SET: [&str; 3] = ["secrets", "set", "--stdin"];

/// What an operator copies from Zoom's pages.
fn credentials(deployment: &Deployment) -> String {
    let config = &deployment.config;
    format!(
        "# from the app's credentials page\n\nCLIENT_ID={}\nCLIENT_SECRET={}\nACCOUNT_ID={}\n",
        config.client_id, config.client_secret, config.account_id
    )
}

pub(crate) fn told(ended: &Ended, words: &[&str]) {
    let said = format!("{}{}", ended.stdout, ended.stderr);
    for words in words {
        assert!(said.contains(words), "{words:?} is not in\n{said}");
    }
}

#[test]
fn a_deployment_gets_all_its_secrets_at_once() {
    let deployment = Deployment::bare(march());
    deployment.put("shared/PSOXY_SALT", "fill me");
    deployment.put("config/CLIENT_ID", "fill me");
    let ended = deployment.run(&[&SET[..], &["--generate"]].concat(), &credentials(&deployment));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let words = [
        "the token endpoint accepts them and grants a token for 3599 s\n",
        "CLIENT_SECRET: written to config/CLIENT_SECRET\n",
        "PSOXY_SALT: written to shared/PSOXY_SALT\n",
        "PSOXY_ENCRYPTION_KEY: written to shared/PSOXY_ENCRYPTION_KEY\n",
        "The salt's fingerprint is ",
    ];
    told(&ended, &words);
    let expected = [
        "config/ACCOUNT_ID",
        "config/CLIENT_ID",
        "config/CLIENT_SECRET",
        "shared/PSOXY_ENCRYPTION_KEY",
        "shared/PSOXY_SALT",
    ];
    assert_eq!(deployment.places(), expected);
    assert_eq!(deployment.value("config/CLIENT_ID"), Some(deployment.config.client_id.clone()));
    for made in ["shared/PSOXY_SALT", "shared/PSOXY_ENCRYPTION_KEY"] {
        let value = deployment.value(made).unwrap();
        assert_eq!((value.len(), value.ends_with('=')), (44, true), "{made}");
        assert!(!ended.stdout.contains(&value));
    }
    assert_eq!(deployment.troubles(&["secrets", "check"]), (0, vec![]));
    // Again: all of it is there.
    let salt = deployment.value("shared/PSOXY_SALT");
    let again = deployment.run(&[&SET[..], &["--generate"]].concat(), &credentials(&deployment));
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{}", again.stderr);
    told(&again, &["PSOXY_SALT is there already and stays as it is", "nothing to write"]);
    assert_eq!(deployment.value("shared/PSOXY_SALT"), salt);
}

#[test]
fn what_the_source_refuses_is_not_written() {
    let cases = [
        ("client_secret", "CLIENT_ID or CLIENT_SECRET is wrong"),
        ("account_id", "ACCOUNT_ID is wrong"),
        ("client_id", "CLIENT_ID or CLIENT_SECRET is wrong"),
    ];
    for (wrong, expected) in cases {
        let deployment = Deployment::bare(march());
        let config = &deployment.config;
        let value = |name: &str, value: &str| {
            if name == wrong { value.chars().rev().collect() } else { value.to_owned() }
        };
        let input = json!({
            "CLIENT_ID": value("client_id", &config.client_id),
            "CLIENT_SECRET": value("client_secret", &config.client_secret),
            "ACCOUNT_ID": value("account_id", &config.account_id),
        });
        let ended = deployment.run(&SET, &input.to_string());
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{wrong}");
        told(&ended, &["nothing was written", expected]);
        assert_eq!(deployment.places(), Vec::<String>::new(), "{wrong}");
        // Who knows better may.
        let untried = deployment.run(&[&SET[..], &["--no-try"]].concat(), &input.to_string());
        assert_eq!(untried.code, 0, "{}", untried.stderr);
        told(&untried, &["the token endpoint was not asked"]);
        assert_eq!(deployment.places().len(), 3);
    }
}

#[test]
fn a_new_secret_is_tried_together_with_what_is_there() {
    let deployment = Deployment::whole(march());
    deployment.put("config/CLIENT_SECRET", "fill me");
    let good = format!("CLIENT_SECRET={}\n", deployment.config.client_secret);
    let ended = deployment.run(&[&SET[..], &["CLIENT_SECRET"]].concat(), &good);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(deployment.value("config/CLIENT_SECRET"), Some(deployment.config.client_secret.clone()));
    let wrong = deployment.config.client_secret.to_lowercase();
    let ended = deployment.run(&SET, &format!("CLIENT_SECRET={wrong}"));
    assert_eq!(ended.code, 1, "{}", ended.stdout);
    assert!(!ended.stderr.contains(&wrong));
    assert_eq!(deployment.value("config/CLIENT_SECRET"), Some(deployment.config.client_secret.clone()));
    // Nothing to do with the source: it is not asked.
    deployment.zoom.clear_requests();
    let ended = deployment.run(&SET, "SALT_IP=another-salt-for-addresses-40-letters-x");
    assert_eq!((ended.code, deployment.zoom.token_requests()), (0, 0), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_tried_yet_is_written_with_a_word() {
    let deployment = Deployment::bare(march());
    let ended = deployment.run(&SET, &format!("CLIENT_ID={}", deployment.config.client_id));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(&ended, &["the token endpoint was not asked: ACCOUNT_ID is not set yet"]);
    deployment.zoom.set_fault(Target::Token, Fault::Status(503), u32::MAX);
    let ended = deployment.run(&SET, &credentials(&deployment));
    assert_eq!(ended.code, 1);
    told(&ended, &["nothing was written", "has a problem of its own", "--no-try"]);
    assert_eq!(deployment.places(), ["config/CLIENT_ID"]);
}

/// Another connector's credential is behind the shared path.
#[test]
fn a_placeholder_of_this_connector_is_filled_before_the_secret_of_all() {
    let deployment = Deployment::whole(march());
    deployment.put("shared/CLIENT_SECRET", "pW7vKq2ZtR9bXn4LcYd8HsFj3MgUa6Tf");
    deployment.put("config/CLIENT_SECRET", "fill me");
    let ended = deployment.run(&SET, &format!("CLIENT_SECRET={}", deployment.config.client_secret));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(&ended, &["CLIENT_SECRET: written to config/CLIENT_SECRET\n"]);
    let shared = deployment.value("shared/CLIENT_SECRET");
    assert_eq!(shared.as_deref(), Some("pW7vKq2ZtR9bXn4LcYd8HsFj3MgUa6Tf"));
}

#[test]
fn a_value_in_the_place_of_a_name_is_not_repeated() {
    let deployment = Deployment::bare(march());
    for (input, expected) in [
        (r#"{"pepper-of-mirela":"CLIENT_ID"}"#, "member 1 is not \"NAME\": \"value\""),
        (r#"{"CLIENT_ID":"a","PEPPER7MIRELA":"b"}"#, "the name of member 2 is no secret of a proxy"),
        ("PEPPER7MIRELA==", "the name on line 1 is no secret of a proxy"),
    ] {
        let ended = deployment.run(&SET, input);
        assert_eq!(ended.code, 1, "{input}");
        told(&ended, &[expected]);
        assert!(!ended.stderr.to_lowercase().contains("mirela"), "{}", ended.stderr);
    }
}

#[test]
fn white_space_is_left_out_or_refused() {
    let deployment = Deployment::bare(march());
    let config = &deployment.config;
    let input = json!({
        "CLIENT_ID": format!(" {}\n", config.client_id),
        "CLIENT_SECRET": format!("{}\t", config.client_secret),
        "ACCOUNT_ID": config.account_id,
    });
    let ended = deployment.run(&SET, &input.to_string());
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(&ended, &["CLIENT_ID: white space around it was left out"]);
    assert_eq!(deployment.value("config/CLIENT_SECRET"), Some(config.client_secret.clone()));
    let ended = deployment.run(&SET, &format!("PSOXY_SALT={SALT} \n"));
    assert_eq!(ended.code, 1);
    told(&ended, &["PSOXY_SALT: white space stands around it, which is part of it; give it without"]);
    // The line end of a file is nobody's salt.
    let file = deployment.store().with_file_name("salt");
    std::fs::write(&file, format!("{SALT}\n")).unwrap();
    let pair = format!("PSOXY_SALT={}", file.display());
    let ended = deployment.run(&["secrets", "set", "--from-file", &pair], "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(deployment.value("shared/PSOXY_SALT").as_deref(), Some(SALT));
}

#[test]
fn tells_all_that_is_wrong_with_values_at_once_and_never_a_value() {
    let deployment = Deployment::whole(march());
    let input = json!({
        "CLIENT_ID": "\"LumenOrchardProxyS2S01\"",
        "CLIENT_SECRET": "pepper-of-mirela",
        "ACCOUNT_ID": "10012345678",
        "PSOXY_SALT": "salt-of-mirela",
        "PSOXY_ENCRYPTION_KEY": "salt-of-mirela",
        "ACCESS_TOKEN": "{}",
        "PRIVATE_KEY": " ",
        "PRIVATE_KEY_ID": "fill me",
        "CLIENT_SECRETS": "pepper-of-mirela",
        "ADMIN_API_KEY": 7,
    });
    let before = deployment.value("shared/PSOXY_SALT");
    let ended = deployment.run(&SET, &input.to_string());
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""));
    let expected = [
        "vizard: nothing was written\n",
        "\nADMIN_API_KEY is no text\n",
        "\nCLIENT_ID: it stands in quotation marks (if it is really so: --any-shape)\n",
        "\nCLIENT_SECRET: not of the usual shape: a client secret is one word",
        "\nACCOUNT_ID: not of the usual shape: an account id is 22 letters and digits; digits alone are the account \
         number",
        "\nPSOXY_SALT is there already, and another one makes other pseudonyms of everybody; leave it out, or say \
         --replace-salt-and-lose-every-pseudonym\n",
        "\nPSOXY_ENCRYPTION_KEY is there already, and with another one no pseudonym of before can be reversed; leave \
         it out, or say --replace-key-and-lose-every-reversal\n",
        "\nPSOXY_ENCRYPTION_KEY is the same value as PSOXY_SALT",
        "\nACCESS_TOKEN is `{}`\n",
        "\nPRIVATE_KEY is empty\n",
        "\nPRIVATE_KEY_ID is the placeholder `fill me`\n",
        "\nCLIENT_SECRETS is no secret of a proxy\n",
    ];
    told(&ended, &expected);
    assert!(!ended.stderr.contains("mirela") && !ended.stderr.contains("10012345678"), "{}", ended.stderr);
    assert_eq!(deployment.value("shared/PSOXY_SALT"), before);
    assert_eq!(deployment.zoom.token_requests(), 0);
}

#[test]
fn a_salt_is_replaced_only_by_who_says_what_is_lost() {
    let deployment = Deployment::whole(march());
    let new = "an-entirely-new-salt-of-forty-odd-letters";
    let replace = [&SET[..], &["--replace-salt-and-lose-every-pseudonym"]].concat();
    let ended = deployment.run(&replace, &format!("PSOXY_SALT={new}"));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(deployment.value("shared/PSOXY_SALT").as_deref(), Some(new));
    let ended = deployment.run(&replace, "PSOXY_ENCRYPTION_KEY=an-entirely-new-key-of-forty-odd-letters");
    assert_eq!(ended.code, 1, "that word is not about the key");
    assert_eq!(deployment.value("shared/PSOXY_ENCRYPTION_KEY").as_deref(), Some(KEY));
    let same = deployment.run(&SET, &format!("PSOXY_SALT={new}\n"));
    assert_eq!(same.code, 0, "the same salt is no other salt: {}", same.stderr);
    let short = deployment.run(&replace, "PSOXY_SALT=pepper\n");
    assert_eq!(short.code, 0, "who migrates has the salt that he has: {}", short.stderr);
    told(&short, &["PSOXY_SALT: shorter than 32 characters, which can be guessed"]);
}

#[test]
fn check_says_what_is_missing_and_what_is_odd() {
    let deployment = Deployment::bare(march());
    deployment.put("config/CLIENT_ID", "fill me");
    deployment.put("config/CLIENT_SECRET", " \n");
    let (code, troubles) = deployment.troubles(&["secrets", "check"]);
    let expected = [
        "secret-absent PSOXY_SALT",
        "secret-absent PSOXY_ENCRYPTION_KEY",
        "secret-placeholder CLIENT_ID",
        "secret-blank CLIENT_SECRET",
        "secret-absent ACCOUNT_ID",
    ];
    assert_eq!((code, troubles), (1, expected.map(str::to_owned).to_vec()));
    let deployment = Deployment::whole(march());
    let ended = deployment.run(&["secrets", "check"], "");
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    told(&ended, &["vizard secrets check: zoom, secrets from directory\n", "7 ok, 0 warning, 0 failed"]);
    let report = deployment.run(&["secrets", "check", "--json"], "").stdout;
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["verb"], &report["verdict"]), (&json!("secrets check"), &json!("ok")));
    assert_eq!(deployment.zoom.token_requests(), 0, "the source is not asked");
}

#[test]
fn one_connector_of_several_has_its_own_secrets() {
    let mut deployment = Deployment::bare(march());
    deployment.set("VIZARD_CONNECTORS", "badges,zoom");
    deployment.set("ZOOM__PATH_TO_INSTANCE_CONFIG", "zoom/config/");
    deployment.set("BADGES__SOURCE", "badges");
    let input = credentials(&deployment);
    let ended = deployment.run(&SET, &input);
    assert_eq!(ended.code, 64, "{}", ended.stdout);
    told(&ended, &["--connector must be one of the deployment's: badges, zoom"]);
    let ended = deployment.run(&[&SET[..], &["--connector", "zoom"]].concat(), &input);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(
        deployment.places(),
        ["zoom/config/ACCOUNT_ID", "zoom/config/CLIENT_ID", "zoom/config/CLIENT_SECRET"]
    );
}

#[test]
fn command_lines_that_make_no_sense_are_told_apart_from_values() {
    let deployment = Deployment::bare(march());
    for (arguments, input, code, words) in [
        (vec!["secrets", "set"], "", 64, "standard input is no terminal"),
        (vec!["secrets", "set", "--stdin", "pepper-of-mirela"], "", 64, "name 1 is no secret's"),
        (vec!["secrets", "set", "--from-file", "SALT"], "", 64, "--from-file must be NAME=PATH"),
        (vec!["secrets", "set", "--from-file", "PSOXY_SALT=/nowhere"], "", 66, "could not read /nowhere"),
        (vec!["secrets", "set", "--stdin", "CLIENT_ID"], "CLIENT_SECRET=a", 1, "not among the names"),
        (vec!["secrets", "set", "--stdin"], "pepper-of-mirela", 1, "line 1 is not NAME=value"),
    ] {
        let ended = deployment.run(&arguments, input);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.stderr);
        told(&ended, &[words]);
        assert!(!ended.stderr.contains("pepper-of-mirela"), "{}", ended.stderr);
    }
    assert_eq!(deployment.places(), Vec::<String>::new());
    let ended = crate::run::vizard(&["secrets", "set", "--stdin", "--target", "environment"]).run();
    assert_eq!(ended.code, 64, "{}", ended.stderr);
}
