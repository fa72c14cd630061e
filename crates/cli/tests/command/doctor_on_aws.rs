//! `vizard secrets` and `vizard doctor` with secrets in AWS, which is moto on loopback.

use std::collections::BTreeMap;

use vizard_tests::moto::faults::Fault;
use vizard_tests::moto::{Moto, REGION};

use crate::deployment::{DOCTOR, Deployment, march, stand_in};
use crate::run::Ended;

/// A deployment whose parameters have a prefix of their own.
struct OnAws {
    deployment: Deployment,
    aws: &'static Moto,
    prefix: String,
}

impl OnAws {
    fn new(name: &str) -> OnAws {
        let mut deployment = Deployment::bare(march());
        let aws = deployment.runtime.block_on(Moto::start());
        let prefix = format!("/cli-{name}");
        deployment.set("PATH_TO_INSTANCE_CONFIG", &format!("{prefix}/zoom/config/"));
        deployment.set("PATH_TO_SHARED_CONFIG", &format!("{prefix}/shared/config/"));
        deployment.set("VIZARD_STATE_PATH", &format!("{prefix}/zoom/state/"));
        OnAws { deployment, aws, prefix }
    }

    /// With every secret set, by the command itself.
    fn whole(name: &str, variables: &[(&str, &str)]) -> OnAws {
        let mut whole = OnAws::new(name);
        variables.iter().for_each(|(name, value)| whole.deployment.set(name, value));
        let ended = whole.set(&["--create"]);
        assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
        whole
    }

    fn set(&self, more: &[&str]) -> Ended {
        let config = &self.deployment.config;
        let input = format!(
            "CLIENT_ID={}\nCLIENT_SECRET={}\nACCOUNT_ID={}\n",
            config.client_id, config.client_secret, config.account_id
        );
        self.run(self.aws.url(), &[&["secrets", "set", "--stdin", "--generate"], more].concat(), &input)
    }

    fn run(&self, url: &str, arguments: &[&str], input: &str) -> Ended {
        let machine = [
            ("AWS_ENDPOINT_URL", url),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "AKIATESTHARNESS"),
            ("AWS_SECRET_ACCESS_KEY", "of-nobody"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        self.deployment.run_on("aws", &machine, arguments, input)
    }

    fn troubles(&self, url: &str, arguments: &[&str]) -> (i32, Vec<String>) {
        self.deployment.troubles_of(&self.run(url, &[arguments, &["--json"]].concat(), ""))
    }

    /// What stands in Parameter Store, and how often each was written.
    fn parameters(&self) -> BTreeMap<String, (String, u64)> {
        self.deployment.runtime.block_on(self.aws.parameters_below(&self.prefix))
    }
}

#[test]
fn secrets_are_set_and_found_in_parameter_store_and_nothing_is_left_there() {
    let aws = OnAws::whole("parameters", &[("SIDE_OUTPUT_SANITIZED", "s3://lumen-orchard-copies/zoom")]);
    let before = aws.parameters();
    let names: Vec<_> = before.keys().map(|name| name.trim_start_matches(&aws.prefix)).collect();
    let expected = [
        "/shared/config/PSOXY_ENCRYPTION_KEY",
        "/shared/config/PSOXY_SALT",
        "/zoom/config/ACCOUNT_ID",
        "/zoom/config/CLIENT_ID",
        "/zoom/config/CLIENT_SECRET",
    ];
    assert_eq!(names, expected);
    let secret = &before[&format!("{}/zoom/config/CLIENT_SECRET", aws.prefix)];
    assert_eq!(secret, &(aws.deployment.config.client_secret.clone(), 1));
    assert_eq!(aws.troubles(aws.aws.url(), &["secrets", "check"]), (0, vec![]));
    assert_eq!(aws.troubles(aws.aws.url(), &DOCTOR), (0, vec![]));
    assert_eq!(aws.parameters(), before);
}

#[test]
fn placeholders_of_terraform_are_told_and_filled() {
    let aws = OnAws::new("placeholders");
    for name in ["shared/config/PSOXY_SALT", "zoom/config/CLIENT_ID", "zoom/config/CLIENT_SECRET"] {
        let name = format!("{}/{name}", aws.prefix);
        aws.deployment.runtime.block_on(aws.aws.put_parameter(&name, "fill me", "SecureString"));
    }
    let (code, troubles) = aws.troubles(aws.aws.url(), &["secrets", "check"]);
    let expected = [
        "secret-placeholder PSOXY_SALT",
        "secret-absent PSOXY_ENCRYPTION_KEY",
        "secret-placeholder CLIENT_ID",
        "secret-placeholder CLIENT_SECRET",
        "secret-absent ACCOUNT_ID",
    ];
    assert_eq!((code, troubles), (1, expected.map(str::to_owned).to_vec()));
    assert_eq!(aws.set(&[]).code, 0);
    assert_eq!(aws.parameters().len(), 5, "each stands where its placeholder stood");
    assert_eq!(aws.troubles(aws.aws.url(), &["secrets", "check"]), (0, vec![]));
}

/// What a wrong profile or region leads to.
#[test]
fn where_nothing_of_the_deployment_stands_nothing_is_made() {
    let aws = OnAws::new("elsewhere");
    let ended = aws.set(&[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{}", ended.stderr);
    let paths = ["/zoom/config/", "/shared/config/", "/zoom/state/"].map(|it| format!("{}{it}", aws.prefix));
    for words in [
        format!("AWS region {REGION}: {}\n", paths.join(", ")),
        "nothing was written: no secret of this deployment stands there".to_owned(),
        "--create".to_owned(),
    ] {
        assert!(ended.stderr.contains(&words), "{words:?} is not in\n{}", ended.stderr);
    }
    assert_eq!(aws.parameters().len(), 0);
    assert_eq!(aws.deployment.zoom.token_requests(), 0);
}

/// The source would replace it, and its successor would be lost.
#[test]
fn a_refresh_token_is_not_used_up_where_its_successor_could_not_be_written() {
    let mut aws = OnAws::new("rotation");
    let stand_in = stand_in(&mut aws.deployment, "Sat, 21 Nov 2026 09:34:20 GMT".to_owned());
    aws.deployment.set("GRANT_TYPE", "refresh_token");
    aws.deployment.set("SECRETS_STORE", "AWS_SECRETS_MANAGER");
    let state = format!("{}/zoom/state/REFRESH_TOKEN", aws.prefix);
    for (name, value) in [
        (format!("{}/zoom/config/CLIENT_ID", aws.prefix), aws.deployment.config.client_id.as_str()),
        (format!("{}/zoom/config/CLIENT_SECRET", aws.prefix), "fill me"),
        (state.clone(), "authorized"),
    ] {
        aws.deployment.runtime.block_on(aws.aws.put_secret(&name, value));
    }
    let asked = || stand_in.seen().iter().filter(|it| it.uri().path() == "/token").count();
    let value = || aws.deployment.runtime.block_on(aws.aws.secret(&state));
    let client = format!("CLIENT_SECRET={}", aws.deployment.config.client_secret);
    let set = ["secrets", "set", "--stdin"];
    let front = aws.deployment.runtime.block_on(aws.aws.through_faults());
    front.plan("secretsmanager.PutSecretValue", u32::MAX, Fault::AccessDenied);
    for input in [&client, &format!("{client}\nREFRESH_TOKEN=authorized-anew")] {
        let ended = aws.run(front.url(), &set, input);
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{}", ended.stderr);
        let words = "nothing was written, and the source was not asked, as the secret store fails: the secret store \
                     denies access to";
        assert!(ended.stderr.contains(words), "{}", ended.stderr);
        assert_eq!((asked(), value().as_deref()), (0, Some("authorized")));
        assert_eq!(aws.parameters().len(), 0, "the lease is given back");
    }
    let ended = aws.run(aws.aws.url(), &set, &client);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!((asked(), value().as_deref()), (1, Some("replacement-0")));
    assert_eq!(aws.parameters().len(), 0);
}

#[test]
fn destinations_that_are_no_buckets_are_wrong_settings() {
    let mut aws = OnAws::whole("destinations", &[]);
    aws.deployment.set("SIDE_OUTPUT_ORIGINAL", "gs://lumen-orchard-originals");
    aws.deployment.set("SIDE_OUTPUT_SANITIZED", "s3://lumen-orchard-copies/zoom");
    aws.deployment.set("ASYNC_OUTPUT_DESTINATION", "S3://answers");
    let troubles = aws.troubles(aws.aws.url(), &[&DOCTOR[..], &["--no-calls"]].concat());
    let expected = ["setting-invalid SIDE_OUTPUT_ORIGINAL", "setting-invalid ASYNC_OUTPUT_DESTINATION"];
    assert_eq!(troubles, (1, expected.map(str::to_owned).to_vec()));
}

#[test]
fn secrets_may_be_in_secrets_manager() {
    let aws = OnAws::whole("manager", &[("SECRETS_STORE", "AWS_SECRETS_MANAGER")]);
    assert_eq!(aws.parameters().len(), 0, "leases are given back, and no secret is a parameter");
    let name = format!("{}/zoom/config/CLIENT_SECRET", aws.prefix);
    let secret = aws.deployment.runtime.block_on(aws.aws.secret(&name));
    assert_eq!(secret, Some(aws.deployment.config.client_secret.clone()));
    assert_eq!(aws.troubles(aws.aws.url(), &DOCTOR), (0, vec![]));
    assert_eq!(aws.parameters().len(), 0);
}

#[test]
fn what_may_not_be_read_or_written_is_told_once() {
    let aws = OnAws::whole("denied", &[]);
    let front = aws.deployment.runtime.block_on(aws.aws.through_faults());
    front.plan("AmazonSSM.PutParameter", u32::MAX, Fault::AccessDenied);
    let state = format!("state-denied {}/zoom/state/", aws.prefix);
    assert_eq!(aws.troubles(front.url(), &[&DOCTOR[..], &["--no-calls"]].concat()), (1, vec![state]));
    let ended =
        aws.run(front.url(), &["secrets", "set", "--stdin"], "SALT_IP=a-salt-of-addresses-of-thirty-two");
    assert_eq!(ended.code, 74, "{}", ended.stdout);
    assert!(ended.stderr.contains("denies access to"), "{}", ended.stderr);

    front.plan("AmazonSSM.GetParameters", u32::MAX, Fault::AccessDenied);
    let (code, troubles) = aws.troubles(front.url(), &[&DOCTOR[..], &["--no-calls"]].concat());
    assert_eq!((code, &troubles[..2]), (1, &["setting-unreadable", "store-denied"].map(str::to_owned)[..]));
    assert_eq!(troubles.len(), 2, "{troubles:?}");
}

#[test]
fn rules_may_be_in_a_bucket() {
    let aws = OnAws::whole(
        "bucket",
        &[("REMOTE_RESOURCE_BUCKET", "lumen-orchard-rules"), ("INSTANCE_RESOURCE_PATH", "zoom/")],
    );
    let asked = [&DOCTOR[..], &["--no-calls"]].concat();
    aws.deployment.runtime.block_on(aws.aws.create_bucket("lumen-orchard-rules"));
    assert_eq!(aws.troubles(aws.aws.url(), &asked), (1, vec!["rules-unreadable".to_owned()]));
    let rules = "endpoints:\n- pathTemplat: /v2/users\n";
    aws.deployment.runtime.block_on(aws.aws.put_object("lumen-orchard-rules", "zoom/rules.yaml", rules));
    let (code, troubles) = aws.troubles(aws.aws.url(), &asked);
    assert!(code == 1 && troubles.contains(&"rules-invalid rules.yaml".to_owned()), "{troubles:?}");
}
