//! `vizard secrets set --generate`: salt and key are made, and the credentials are not forgotten.

use crate::deployment::{Deployment, march};
use crate::secrets::told;

/// The way of docs/DEPLOY-AWS.md.
#[test]
fn at_a_terminal_what_is_missing_is_typed_beside_what_is_made() {
    let deployment = Deployment::bare(march());
    deployment.put("config/ACCOUNT_ID", &deployment.config.account_id);
    deployment.put("config/CLIENT_ID", "fill me");
    let typed = format!("{}\n{}\n", deployment.config.client_id, deployment.config.client_secret);
    let set = ["secrets", "set", "--generate"];
    let ended = deployment.run_at_a_terminal(&set, &typed);
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    told(&ended, &["CLIENT_SECRET (not shown", "the token endpoint accepts them", "PSOXY_SALT: written to"]);
    assert!(!ended.stdout.contains("ACCOUNT_ID (not shown"), "it is there: {}", ended.stdout);
    assert!(!ended.stdout.contains("still missing"), "{}", ended.stdout);
    assert_eq!(deployment.troubles(&["secrets", "check"]), (0, vec![]));
    assert_eq!(deployment.value("config/CLIENT_SECRET"), Some(deployment.config.client_secret.clone()));
    // Whoever has it not at hand says nothing.
    deployment.put("config/CLIENT_SECRET", "fill me");
    let ended = deployment.run_at_a_terminal(&set, "");
    assert_eq!(ended.code, 0, "{}", ended.stdout);
    told(&ended, &["nothing to write", "still missing: CLIENT_SECRET"]);
}

#[test]
fn a_script_makes_salt_and_key_and_is_told_what_is_still_missing() {
    let deployment = Deployment::bare(march());
    let ended = deployment.run(&["secrets", "set", "--generate"], "");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    told(&ended, &["still missing: CLIENT_ID, CLIENT_SECRET, ACCOUNT_ID\n"]);
    assert_eq!(deployment.places(), ["shared/PSOXY_ENCRYPTION_KEY", "shared/PSOXY_SALT"]);
}
