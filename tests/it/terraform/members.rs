//! Who may do what on Google Cloud: every grant in the modules, as a table to be reviewed, and what the roles of our own
//! consist of. A grant that is not here fails the test, and so does one that went.

use std::collections::BTreeSet;

use vizard_tests::repository::{self, assert_none};

use super::SERVICE;
use super::module::{Module, argument, texts, written};

/// What is granted on, its name in the module, the role, to whom.
const MEMBERS: &[(&str, &str, &str, &str)] = &[
    // The service: reads each of its secrets, writes those of its state.
    ("secret_manager_secret", "read", "roles/secretmanager.secretAccessor", "local.service_member"),
    ("secret_manager_secret", "write", "google_project_iam_custom_role.state.name", "local.service_member"),
    // Its rules, which it reads and nothing else.
    ("storage_bucket", "rules", "roles/storage.objectViewer", "local.service_member"),
    // Answers that come later, and copies: written, never read.
    ("pubsub_topic", "calls", "roles/pubsub.publisher", "local.service_member"),
    ("storage_bucket", "results", "google_project_iam_custom_role.objects[0].name", "local.service_member"),
    (
        "storage_bucket",
        "side_outputs",
        "google_project_iam_custom_role.objects[0].name",
        "local.service_member",
    ),
    // The service for files: reads what came, writes what may leave, sets aside what it could not do.
    ("storage_bucket", "input", "roles/storage.objectViewer", "local.service_member"),
    ("storage_bucket", "outputs", "google_project_iam_custom_role.outputs.name", "local.service_member"),
    (
        "storage_bucket",
        "quarantine",
        "google_project_iam_custom_role.quarantine[count.index].name",
        "local.service_member",
    ),
    ("storage_bucket", "readers", "roles/storage.objectViewer", "each.value"),
    // Eventarc: tells of files as an account of its own, with tokens that Pub/Sub makes.
    ("cloud_run_v2_service", "events", "roles/run.invoker", "local.events_member"),
    (
        "service_account",
        "events",
        "roles/iam.serviceAccountOpenIdTokenCreator",
        "serviceAccount:service-${local.number}@gcp-sa-pubsub.iam.gserviceaccount.com",
    ),
    ("project", "receive", "roles/eventarc.eventReceiver", "local.events_member"),
    (
        "project",
        "tell",
        "roles/pubsub.publisher",
        "serviceAccount:${data.google_storage_project_service_account.storage.email_address}",
    ),
    // Callers: call, and fetch what was answered later.
    ("cloud_run_v2_service", "callers", "roles/run.invoker", "each.value"),
    ("storage_bucket", "fetch_results", "roles/storage.objectViewer", "each.value"),
    // Pub/Sub: calls as an account of its own, and puts aside what failed.
    ("cloud_run_v2_service", "push", "roles/run.invoker", "serviceAccount:${module.async[0].push_caller}"),
    ("service_account", "push", "roles/iam.serviceAccountOpenIdTokenCreator", "local.pubsub_member"),
    ("pubsub_topic", "failed", "roles/pubsub.publisher", "local.pubsub_member"),
    ("pubsub_subscription", "calls", "roles/pubsub.subscriber", "local.pubsub_member"),
];

/// What Google takes on a whole project alone: to receive the events of one's own trigger, and for Cloud Storage to tell
/// Eventarc's topic, whose name nobody knows before. Neither is for an account that reads or writes files.
const ON_PROJECTS: &[&str] = &["receive", "tell"];

/// Roles of our own.
const ROLES: &[(&str, &[&str])] = &[
    (
        "state",
        &[
            "secretmanager.secrets.get",
            "secretmanager.secrets.update",
            "secretmanager.versions.access",
            "secretmanager.versions.add",
            "secretmanager.versions.destroy",
            "secretmanager.versions.list",
        ],
    ),
    // To write an object a second time is to delete the first.
    ("objects", &["storage.objects.create", "storage.objects.delete"]),
    // The metadata of an output tells what it was made of.
    ("outputs", &["storage.objects.create", "storage.objects.delete", "storage.objects.get"]),
    ("quarantine", &["storage.objects.create", "storage.objects.delete"]),
];

#[test]
fn nobody_may_do_more_on_google_than_is_written_here() {
    let (mut found, mut roles) = (Vec::new(), Vec::new());
    let mut problems = Vec::new();
    for module in Module::all() {
        for (kind, name, block) in module.things("resource") {
            if kind == "google_project_iam_custom_role" {
                let permissions = texts(argument(block, "permissions").unwrap());
                roles.push((name.to_owned(), permissions));
            } else if let Some(on) =
                kind.strip_prefix("google_").and_then(|it| it.strip_suffix("_iam_member"))
            {
                let text = |name| texts(argument(block, name).unwrap()).remove(0);
                let plain = |it: String| it.trim_matches('"').to_owned();
                found.push((on.to_owned(), name.to_owned(), plain(text("role")), plain(text("member"))));
            } else if kind.contains("_iam_") && kind.starts_with("google_") {
                // Those would also take away what others have been granted, or give it on a whole project.
                problems.push(format!("{}: {kind}.{name} is no grant to one on one thing", module.folder));
            }
        }
    }
    let found: BTreeSet<_> =
        found.iter().map(|it| (it.0.as_str(), it.1.as_str(), it.2.as_str(), it.3.as_str())).collect();
    let expected: BTreeSet<_> = MEMBERS.iter().copied().collect();
    problems.extend(found.difference(&expected).map(|it| format!("granted: {it:?}")));
    problems.extend(expected.difference(&found).map(|it| format!("not granted any more: {it:?}")));
    // On a project there is nothing else, nor on what is above it.
    problems.extend(
        found
            .iter()
            .filter(|it| ["project", "folder", "organization"].contains(&it.0))
            .filter(|it| it.0 != "project" || !ON_PROJECTS.contains(&it.1))
            .map(|it| format!("too wide: {it:?}")),
    );
    let roles: BTreeSet<_> =
        roles.iter().map(|(name, it)| (name.as_str(), it.iter().map(String::as_str).collect())).collect();
    let reviewed: BTreeSet<(&str, Vec<&str>)> = ROLES.iter().map(|(name, it)| (*name, it.to_vec())).collect();
    problems.extend(roles.difference(&reviewed).map(|it| format!("a role is another: {it:?}")));
    problems.extend(reviewed.difference(&roles).map(|it| format!("a role is gone: {it:?}")));
    assert_none(&problems);
}

/// The grants are on lists that are made of the prefixes: what is read behind those of configuration, what is written
/// behind that of state, and the program is told of both.
#[test]
fn the_service_writes_behind_the_prefix_of_its_state_alone() {
    let module = Module::read(SERVICE);
    let locals = module.locals();
    for (name, expected) in [
        ("config_prefix", "\"${var.name}_${local.id}_\""),
        ("state_prefix", "\"${var.name}_${local.id}_state_\""),
        ("readable_secrets", "concat(local.shared_names, module.secrets.names)"),
        ("writable_secrets", "module.secrets.state_names"),
    ] {
        assert_eq!(written(locals[name]), expected, "{name}");
    }
    let resources = module.things("resource");
    for (name, list) in [("read", "readable_secrets"), ("write", "writable_secrets")] {
        let (.., grant) = resources
            .iter()
            .find(|it| it.0 == "google_secret_manager_secret_iam_member" && it.1 == name)
            .unwrap();
        assert_eq!(written(argument(grant, "for_each").unwrap()), format!("toset(local.{list})"));
    }
    let told = repository::text("infra/modules/gcp-service/environment.tf");
    assert!(told.contains("join(\",\", sort(concat(local.readable_secrets, local.writable_secrets)))"));
}

/// Callers are whom the operator lists, and the list takes nobody who is unknown.
#[test]
fn nobody_calls_unknown() {
    for path in repository::files("infra", ".tf").into_iter().filter(|it| it.contains("gcp")) {
        for (number, line) in repository::text(&path).lines().enumerate() {
            let said = line.contains("allUsers") || line.contains("allAuthenticatedUsers");
            // One message says that they are refused.
            assert!(!said || line.contains("error_message"), "{path}:{}: {line}", number + 1);
        }
    }
    let module = Module::read(SERVICE);
    let resources = module.things("resource");
    let (.., callers) = resources
        .iter()
        .find(|it| it.0 == "google_cloud_run_v2_service_iam_member" && it.1 == "callers")
        .unwrap();
    let listed = "toset([for member in var.callers.members : member if var.image != null])";
    assert_eq!(written(argument(callers, "for_each").unwrap()), listed);
}
