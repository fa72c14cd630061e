# What the service may do, with an account of its own: read each of its secrets, write those of its state, and what the
# optional parts need. No grant is on the project, and none lets it make a secret, change a rule or read its results.

locals {
  # gs://bucket/prefix of the side outputs, as the bucket and what names of objects in it begin with.
  side_outputs = { for uri in compact([var.side_outputs.original, var.side_outputs.sanitized]) : uri => {
    bucket = split("/", trimprefix(uri, "gs://"))[0]
    prefix = join("", [for part in slice(split("/", trimprefix(uri, "gs://")), 1, length(split("/", trimprefix(uri, "gs://")))) : "${part}/"])
  } }

  writes_objects = var.async.enabled || length(local.side_outputs) > 0
}

resource "google_service_account" "service" {
  account_id   = "${var.name}-run"
  display_name = "What the service ${var.name} works as"
}

resource "google_secret_manager_secret_iam_member" "read" {
  for_each = toset(local.readable_secrets)

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = local.service_member

  depends_on = [module.shared_secrets, module.secrets]
}

# A new token is a new version, the one before is destroyed, and the lease is in the labels.
resource "google_project_iam_custom_role" "state" {
  role_id     = "${replace(var.name, "-", "_")}_state"
  title       = "State of ${var.name}"
  description = "Reads and replaces the value of a secret, and keeps a lease in its labels"
  permissions = [
    "secretmanager.secrets.get",
    "secretmanager.secrets.update",
    "secretmanager.versions.access",
    "secretmanager.versions.add",
    "secretmanager.versions.destroy",
    "secretmanager.versions.list",
  ]
}

resource "google_secret_manager_secret_iam_member" "write" {
  for_each = toset(local.writable_secrets)

  secret_id = each.value
  role      = google_project_iam_custom_role.state.name
  member    = local.service_member

  depends_on = [module.secrets]
}

# Writing an object a second time, after an attempt that half succeeded, takes the right to delete the first.
resource "google_project_iam_custom_role" "objects" {
  count = local.writes_objects ? 1 : 0

  role_id     = "${replace(var.name, "-", "_")}_objects"
  title       = "Objects of ${var.name}"
  description = "Writes objects and replaces them, without reading them"
  permissions = ["storage.objects.create", "storage.objects.delete"]
}

resource "google_storage_bucket_iam_member" "results" {
  count = length(module.async)

  bucket = module.async[count.index].bucket_name
  role   = google_project_iam_custom_role.objects[0].name
  member = local.service_member
}

resource "google_pubsub_topic_iam_member" "calls" {
  count = length(module.async)

  topic  = module.async[count.index].topic
  role   = "roles/pubsub.publisher"
  member = local.service_member
}

# Below the prefix alone. A bucket that is not ours takes no grant from us, so that a name that is mistyped, or free
# again and now a stranger's, ends the apply and not in a copy for the stranger.
resource "google_storage_bucket_iam_member" "side_outputs" {
  for_each = local.side_outputs

  bucket = each.value.bucket
  role   = google_project_iam_custom_role.objects[0].name
  member = local.service_member

  condition {
    title      = "Below the prefix"
    expression = "resource.name.startsWith(\"projects/_/buckets/${each.value.bucket}/objects/${each.value.prefix}\")"
  }
}

# Under every hash: the revision that an apply replaces reads its own until the new one has taken its place.
resource "google_storage_bucket_iam_member" "rules" {
  count = length(google_storage_bucket.rules)

  bucket = google_storage_bucket.rules[count.index].name
  role   = "roles/storage.objectViewer"
  member = local.service_member
}

locals {
  service_member = "serviceAccount:${google_service_account.service.email}"
}
