//! What `connector.yaml` tells an operator agrees with the rules.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use vizard_proxy::connector::Probe;
use vizard_sanitizer::Call;
use vizard_tests::examples::Source;
use vizard_tests::world::World;
use vizard_tests::{keys, repository};

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
    probes: Vec<Probe>,
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
    shape: Option<String>,
    hint: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scope {
    name: String,
    endpoints: Vec<String>,
    instead: Option<String>,
    why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    code: u32,
    text: String,
    means: Option<String>,
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
        for error in &connector.errors {
            assert!(matches!(error.means.as_deref(), None | Some("scope" | "absent")), "{error:?}");
        }
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
            // A shape without a word about it would leave people guessing.
            assert_eq!(secret.shape.is_some(), secret.hint.is_some(), "{secret:?}");
            let shape = secret.shape.as_deref().unwrap_or_default();
            assert!(!shape.contains(['^', '$']), "a shape is of the whole value: {secret:?}");
            // Whoever migrates keeps the salt and key that are there, whatever they look like.
            assert!(secret.shape.is_none() || !secret.name.starts_with("PSOXY_"), "{secret:?}");
        }
    }
}

/// Each endpoint can be tried without anybody knowing an id.
#[test]
fn every_endpoint_has_a_probe_whose_placeholders_are_known_when_it_is_called() {
    for (source, connector) in connectors() {
        let mut probed: Vec<_> = connector.probes.iter().map(|it| it.endpoint.clone()).collect();
        probed.sort();
        assert_eq!(probed, endpoints(&source).into_iter().collect::<Vec<_>>(), "{}", source.name);
        let mut known: BTreeSet<&str> = Probe::DAYS.into();
        for probe in &connector.probes {
            for name in probe.placeholders() {
                assert!(known.contains(name), "{}: nothing before it yields {name}", probe.endpoint);
            }
            known.extend(probe.yields.keys().map(String::as_str));
        }
    }
}

/// What the examples hold after sanitizing is enough to call every endpoint, and the rules let those calls through.
#[test]
fn probes_go_where_they_say_and_find_what_they_look_for() {
    for (source, connector) in connectors() {
        let mut ids = BTreeMap::from([
            ("today".to_owned(), "2026-11-21".to_owned()),
            ("month_ago".to_owned(), "2026-10-24".to_owned()),
        ]);
        for probe in &connector.probes {
            let call = probe.filled(|name| ids.get(name).cloned());
            let call = call.unwrap_or_else(|| panic!("{}: no example yields what it needs", probe.endpoint));
            let (path, query) =
                call.split_once('?').map_or((&*call, None), |(path, query)| (path, Some(query)));
            let asked = Call { method: "GET", path, query, content_type: None, headers: &[], body: b"" };
            let admitted = source.rules.admit(&asked).unwrap_or_else(|refusal| panic!("{call}: {refusal}"));
            assert_eq!(admitted.endpoint(), probe.endpoint, "{call}");
            admitted.outbound(keys::pseudonymizer()).unwrap_or_else(|refusal| panic!("{call}: {refusal}"));
            let mut lists = 0;
            for example in source.examples.iter().filter(|it| source.admit(it).endpoint() == probe.endpoint) {
                let body = source.sanitize(example, source.original(example).as_bytes());
                let body: serde_json::Value = serde_json::from_slice(body.body()).unwrap();
                lists += usize::from(probe.entries(&body).is_some());
                for (name, found) in probe.harvest(&body) {
                    ids.extend(found.into_iter().next().map(|id| (name, id)));
                }
            }
            assert_eq!(lists > 0, probe.list.is_some(), "{}: no example has its list", probe.endpoint);
            for name in probe.yields.keys() {
                assert!(ids.contains_key(name), "{}: no example holds {name}", probe.endpoint);
            }
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
            let instead = scope.instead.as_deref().unwrap_or_default();
            assert!(text.contains(instead), "the documentation does not name {instead}");
        }
    }
}
