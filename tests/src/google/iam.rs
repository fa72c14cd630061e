//! Who may do what: roles that are granted on the project, or on one secret, bucket or topic of it.

use std::sync::Mutex;

use super::status::{Code, Refusal};

/// What somebody may do, by the permissions that make it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    Owner,
    /// `roles/secretmanager.secretAccessor`.
    SecretAccessor,
    /// `roles/secretmanager.viewer`.
    SecretViewer,
    /// What the proxy needs of a secret that it keeps itself: a custom role.
    SecretKeeper,
    /// `roles/pubsub.publisher`.
    Publisher,
    /// `roles/storage.objectCreator`.
    ObjectCreator,
    /// Creates objects, also in the place of others: a custom role.
    ObjectWriter,
    /// `roles/storage.objectViewer`.
    ObjectViewer,
}

impl Role {
    fn has(self, permission: &str) -> bool {
        let permissions: &[&str] = match self {
            Role::Owner => return true,
            Role::SecretAccessor => &["secretmanager.versions.access"],
            Role::SecretViewer => &[
                "secretmanager.secrets.get",
                "secretmanager.secrets.list",
                "secretmanager.versions.get",
                "secretmanager.versions.list",
            ],
            Role::SecretKeeper => &[
                "secretmanager.secrets.get",
                "secretmanager.secrets.update",
                "secretmanager.versions.access",
                "secretmanager.versions.add",
                "secretmanager.versions.list",
                "secretmanager.versions.destroy",
            ],
            Role::Publisher => &["pubsub.topics.publish"],
            Role::ObjectCreator => &["storage.objects.create"],
            Role::ObjectWriter => &["storage.objects.create", "storage.objects.delete"],
            Role::ObjectViewer => &["storage.objects.get", "storage.objects.list"],
        };
        permissions.contains(&permission)
    }
}

/// The grants of a project.
#[derive(Debug, Default)]
pub(super) struct Iam {
    grants: Mutex<Vec<Grant>>,
}

#[derive(Debug)]
struct Grant {
    account: String,
    role: Role,
    /// `None`: everything in the project, also what is not there.
    resource: Option<String>,
}

impl Iam {
    pub(super) fn grant(&self, account: &str, role: Role, resource: Option<&str>) {
        let grant = Grant { account: account.to_owned(), role, resource: resource.map(str::to_owned) };
        self.grants.lock().unwrap().push(grant);
    }

    pub(super) fn revoke_all(&self, account: &str) {
        self.grants.lock().unwrap().retain(|grant| grant.account != account);
    }

    /// Whether somebody may, on a resource that is there or is not: a grant on what is not there is none, so that whoever
    /// has no grant on the project does not learn what there is.
    pub(super) fn allows(&self, account: &str, permission: &str, resource: &str, is_there: bool) -> bool {
        let grants = self.grants.lock().unwrap();
        let mut roles = grants.iter().filter(|grant| match &grant.resource {
            None => grant.account == account,
            Some(name) => grant.account == account && is_there && name == resource,
        });
        roles.any(|grant| grant.role.has(permission))
    }
}

/// What is said to somebody who may not; the resource as it was asked for.
pub(super) fn denied(permission: &str, resource: &str) -> Refusal {
    let message =
        format!("Permission '{permission}' denied for resource '{resource}' (or it may not exist).");
    Refusal::new(Code::PermissionDenied, message)
}
