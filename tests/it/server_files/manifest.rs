//! `kubernetes.yaml`.

use serde_json::{Value, json};
use vizard_tests::repository;

use super::{Settings, starts_with, to_end, wanted};

/// The document of this kind, which is there once.
fn document(kind: &str) -> Value {
    let mut found = documents().into_iter().filter(|it| it["kind"] == kind);
    let first = found.next().unwrap_or_else(|| panic!("there is no {kind}"));
    assert!(found.next().is_none(), "there are two of {kind}");
    first
}

fn documents() -> Vec<Value> {
    serde_saphyr::from_multiple(&repository::text("infra/server/kubernetes.yaml")).unwrap()
}

fn pod() -> Value {
    document("Deployment")["spec"]["template"].clone()
}

/// Its one container.
fn container() -> Value {
    let containers = &pod()["spec"]["containers"];
    assert_eq!(containers.as_array().unwrap().len(), 1);
    assert_eq!(pod()["spec"]["initContainers"], Value::Null);
    containers[0].clone()
}

fn variables() -> Settings {
    let container = container();
    let variables = container["env"].as_array().unwrap();
    let pair =
        |it: &Value| (it["name"].as_str().unwrap().to_owned(), it["value"].as_str().unwrap().to_owned());
    let settings: Settings = variables.iter().map(pair).collect();
    assert_eq!(settings.len(), variables.len(), "a variable is set twice");
    assert_eq!(container["envFrom"], Value::Null);
    settings
}

#[tokio::test]
async fn the_program_starts_with_the_settings_of_the_deployment() {
    starts_with(&variables(), "0.0.0.0:8080").await;
}

#[test]
fn it_is_four_documents_that_mean_the_same_pods() {
    let kinds: Vec<Value> = documents().iter().map(|it| json!([it["apiVersion"], it["kind"]])).collect();
    let expected = json!([
        ["apps/v1", "Deployment"],
        ["v1", "Service"],
        ["policy/v1", "PodDisruptionBudget"],
        ["networking.k8s.io/v1", "NetworkPolicy"],
    ]);
    assert_eq!(json!(kinds), expected);
    let labels = &pod()["metadata"]["labels"];
    assert_eq!(labels.as_object().unwrap().len(), 2);
    for (kind, place) in [
        ("Deployment", "/spec/selector/matchLabels"),
        ("Deployment", "/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels"),
        ("Service", "/spec/selector"),
        ("PodDisruptionBudget", "/spec/selector/matchLabels"),
        ("NetworkPolicy", "/spec/podSelector/matchLabels"),
    ] {
        assert_eq!(document(kind).pointer(place), Some(labels), "{kind} {place}");
    }
    let spare = document("Deployment")["spec"]["replicas"].as_u64()
        > document("PodDisruptionBudget")["spec"]["minAvailable"].as_u64();
    assert!(spare, "no node could ever be emptied");
}

#[test]
fn the_image_is_named_by_its_digest() {
    let container = container();
    let (name, digest) = container["image"].as_str().unwrap().split_once("@sha256:").expect("a digest");
    assert!(!name.rsplit('/').next().unwrap().contains(':'), "a tag beside the digest says nothing");
    assert_eq!(digest, "0".repeat(64), "a placeholder of its length, which no registry has");
}

#[test]
fn every_probe_asks_whether_the_program_lives() {
    let server = repository::text("crates/server/src/exchange.rs");
    assert!(server.contains(r#"head.uri.path() == "/healthz""#), "the server has another path now");
    let container = container();
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        assert_eq!(container[probe]["httpGet"], json!({"path": "/healthz", "port": "http"}), "{probe}");
    }
    assert_eq!(container["ports"], json!([{"name": "http", "containerPort": 8080}]));
    assert_eq!(variables()["PORT"], "8080");
    let patience = |probe: &str| {
        container[probe]["periodSeconds"].as_u64().unwrap()
            * container[probe]["failureThreshold"].as_u64().unwrap()
    };
    assert!(
        patience("livenessProbe") > patience("readinessProbe"),
        "who is slow is spared before it is ended"
    );
    assert!(patience("startupProbe") >= 30);
}

#[test]
fn nobody_is_cut_off() {
    let pause = container()["lifecycle"]["preStop"]["sleep"]["seconds"].as_u64().unwrap();
    let grace = pod()["spec"]["terminationGracePeriodSeconds"].as_u64().unwrap();
    assert!(grace > pause + to_end(), "requests at work are killed");
    let update = &document("Deployment")["spec"]["strategy"]["rollingUpdate"];
    assert_eq!(*update, json!({"maxUnavailable": 0, "maxSurge": 1}));
}

#[test]
fn the_pods_have_no_privilege() {
    let (pod, container) = (pod()["spec"].clone(), container());
    assert_eq!(
        pod["securityContext"],
        json!({
            "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
            "seccompProfile": {"type": "RuntimeDefault"},
        })
    );
    assert_eq!(
        container["securityContext"],
        json!({
            "privileged": false, "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]},
        })
    );
    assert_eq!(
        (&pod["automountServiceAccountToken"], &pod["enableServiceLinks"]),
        (&json!(false), &json!(false))
    );
    for name in ["hostNetwork", "hostPID", "hostIPC", "serviceAccountName"] {
        assert_eq!(pod[name], Value::Null, "{name}");
    }
    let resources = &container["resources"];
    for kind in ["requests", "limits"] {
        assert!(resources[kind]["cpu"].is_string() && resources[kind]["memory"].is_string(), "{kind}");
    }
}

#[test]
fn secrets_are_files_of_a_secret_that_the_manifest_does_not_hold() {
    assert!(wanted().iter().all(|name| !repository::text("infra/server/kubernetes.yaml").contains(name)));
    let mount =
        json!([{"name": "secrets", "mountPath": variables()["VIZARD_SECRETS_DIR"], "readOnly": true}]);
    assert_eq!(container()["volumeMounts"], mount);
    let volumes = json!([{"name": "secrets", "secret": {"secretName": "vizard-zoom", "defaultMode": 0o440}}]);
    assert_eq!(pod()["spec"]["volumes"], volumes);
}

#[test]
fn only_the_front_comes_in_and_only_https_goes_out_of_the_cluster() {
    let policy = document("NetworkPolicy")["spec"].clone();
    assert_eq!(policy["policyTypes"], json!(["Ingress", "Egress"]));
    assert_eq!(policy["ingress"].as_array().unwrap().len(), 1);
    assert_eq!(policy["ingress"][0]["ports"], json!([{"protocol": "TCP", "port": "http"}]));
    assert!(policy["ingress"][0]["from"][0]["namespaceSelector"]["matchLabels"].is_object());
    let [names, https] = &policy["egress"].as_array().unwrap()[..] else { panic!("two ways out") };
    assert_eq!(names["ports"], json!([{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}]));
    assert_eq!(https["ports"], json!([{"protocol": "TCP", "port": 443}]));
    let except = https["to"][0]["ipBlock"]["except"].as_array().unwrap();
    for inside in ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"] {
        assert!(except.contains(&json!(inside)), "{inside} can be reached");
    }
    let service = document("Service")["spec"].clone();
    assert_eq!((&service["type"], &service["ports"][0]["targetPort"]), (&json!("ClusterIP"), &json!("http")));
}
