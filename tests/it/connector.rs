//! What `connector.yaml` tells an operator agrees with the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use vizard_tests::examples::Source;
use vizard_tests::repository;
use vizard_tests::world::World;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "every key is named, so that a new one is noticed")]
struct Connector {
    source: String,
    title: String,
    target_host: String,
    auth: Auth,
    secrets: Vec<Secret>,
    scopes: Vec<Scope>,
    errors: Vec<Text>,
    rate_limits: Vec<Class>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "every key is named, so that a new one is noticed")]
struct Auth {
    strategy: String,
    grant: String,
    refresh_endpoint: String,
    shared_token: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Secret {
    name: String,
    written_by: String,
    required: bool,
    what: String,
    r#where: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    name: String,
    endpoints: Vec<String>,
    why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    code: u32,
    text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    class: String,
    endpoints: Vec<String>,
}

fn connectors() -> Vec<(Source, Connector)> {
    let sources = Source::all().into_iter();
    sources
        .map(|source| {
            let path = format!("rules/{}/connector.yaml", source.name);
            let connector: Connector = serde_saphyr::from_str(&repository::text(&path)).unwrap();
            assert_eq!(connector.source, source.name);
            (source, connector)
        })
        .collect()
}

fn endpoints(source: &Source) -> BTreeSet<String> {
    source.rules.endpoints().map(str::to_owned).collect()
}

#[test]
fn every_scope_serves_an_endpoint_and_every_endpoint_has_one_scope() {
    for (source, connector) in connectors() {
        let mut served: Vec<String> = Vec::new();
        for scope in &connector.scopes {
            assert!(!scope.endpoints.is_empty(), "nothing needs {}", scope.name);
            assert!(scope.why.len() > 10, "{} does not say why", scope.name);
            served.extend(scope.endpoints.iter().cloned());
        }
        served.sort();
        assert_eq!(served, endpoints(&source).into_iter().collect::<Vec<_>>(), "{}", source.name);
        let names: BTreeSet<_> = connector.scopes.iter().map(|scope| &scope.name).collect();
        assert_eq!(names.len(), connector.scopes.len(), "a scope stands twice");
    }
}

#[test]
fn every_endpoint_has_one_class_of_rate_limit() {
    for (source, connector) in connectors() {
        let mut classed: Vec<_> = connector.rate_limits.iter().flat_map(|it| it.endpoints.clone()).collect();
        classed.sort();
        assert_eq!(classed, endpoints(&source).into_iter().collect::<Vec<_>>(), "{}", source.name);
        let classes: BTreeSet<_> = connector.rate_limits.iter().map(|it| it.class.as_str()).collect();
        assert_eq!(classes, BTreeSet::from(["heavy", "light", "medium"]));
    }
}

#[test]
fn texts_for_errors_are_constant_and_distinct() {
    for (source, connector) in connectors() {
        let texts: BTreeMap<u32, &str> =
            connector.errors.iter().map(|it| (it.code, it.text.as_str())).collect();
        assert_eq!(texts.len(), connector.errors.len(), "{}: a code stands twice", source.name);
        for (code, text) in texts {
            let placeholder = text.contains(['{', '}', '%', '<', '>', '$']);
            assert!(!placeholder && text.len() > 10 && text.len() < 200, "{code}: {text}");
            let fragment = text.starts_with(|first: char| first.is_lowercase()) && !text.ends_with('.');
            assert!(fragment, "{code}: {text}");
        }
    }
}

#[test]
fn each_secret_says_who_writes_it_what_it_is_and_where_it_is_found() {
    for (_, connector) in connectors() {
        let names: BTreeSet<_> = connector.secrets.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names.len(), connector.secrets.len(), "a secret stands twice");
        for secret in &connector.secrets {
            assert!(["operator", "proxy"].contains(&secret.written_by.as_str()), "{secret:?}");
            // What the proxy writes cannot be asked of the operator.
            assert_eq!(secret.required, secret.written_by == "operator", "{secret:?}");
            assert!(secret.what.len() > 10 && secret.r#where.len() > 10, "{secret:?}");
        }
    }
}

/// The secrets that a deployment is told to have are those that the proxy asks the secret store for.
#[tokio::test]
async fn the_secrets_are_those_that_the_proxy_reads_and_writes() {
    let world = World::zoom().await;
    assert_eq!(world.get("/v2/users?page_size=30").await.status.as_u16(), 200);
    let (read, written) = (world.deployment.secrets.read_names(), world.deployment.secrets.written_names());
    let named = |by: &str| -> BTreeSet<String> {
        let (_, connector) = connectors().into_iter().find(|(source, _)| source.name == "zoom").unwrap();
        connector.secrets.into_iter().filter(|it| it.written_by == by).map(|it| it.name).collect()
    };
    let unread: Vec<_> =
        named("operator").union(&named("proxy")).filter(|name| !read.contains(*name)).cloned().collect();
    assert_eq!(unread, Vec::<String>::new(), "named, but never read");
    assert_eq!(written.into_iter().collect::<BTreeSet<_>>(), named("proxy"));
    // Without one of the required secrets there is no answer.
    for secret in named("operator") {
        let world = World::zoom().await;
        world.deployment.secrets.put(&secret, "fill me");
        let again = world.second_deployment().await;
        let reply = again.get("/v2/users?page_size=30").await;
        assert!(reply.status.is_server_error(), "{secret} is not needed: {}", reply.text());
        let told = format!("{:?} {}", again.problems, vizard_tests::log::text());
        assert!(told.contains(&secret), "nothing tells that {secret} is missing: {:?}", again.problems);
    }
}

#[test]
fn the_scopes_are_those_of_the_documentation() {
    for (source, connector) in connectors() {
        let text = repository::text(&format!("docs/sources/{}/README.md", source.name));
        for scope in &connector.scopes {
            assert!(text.contains(&scope.name), "the documentation does not name {}", scope.name);
        }
    }
}
