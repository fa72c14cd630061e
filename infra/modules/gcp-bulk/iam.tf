# What the service may do, with an account of its own: read files of the input, write files of the outputs, read its
# secrets. It can neither write the input nor delete there, and rows in quarantine it cannot read again.

resource "google_service_account" "service" {
  account_id   = "${var.name}-run"
  display_name = "What the service ${var.name} works as"
}

resource "google_secret_manager_secret_iam_member" "read" {
  for_each = toset(local.readable_secrets)

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = local.service_member

  depends_on = [module.shared_secrets]
}

resource "google_storage_bucket_iam_member" "input" {
  bucket = local.buckets.input
  role   = "roles/storage.objectViewer"
  member = local.service_member

  depends_on = [google_storage_bucket.made]
}

# Pub/Sub tells of the same file more than once. Whether its work is done tells the output's metadata. Without the right to
# list, an output that is not there looks like one that may not be read: both are made. A file that comes again, or is
# done again with other rules, replaces its output, and Cloud Storage takes that for a deletion.
resource "google_project_iam_custom_role" "outputs" {
  role_id     = "${replace(var.name, "-", "_")}_outputs"
  title       = "Outputs of ${var.name}"
  description = "Writes sanitized files, replaces them, and sees what they were made of"
  permissions = [
    "storage.objects.create",
    "storage.objects.delete",
    "storage.objects.get",
  ]
}

resource "google_storage_bucket_iam_member" "outputs" {
  for_each = toset([for key in keys(local.places) : key if !contains(["input", "quarantine"], key)])

  bucket = local.buckets[each.value]
  role   = google_project_iam_custom_role.outputs.name
  member = local.service_member

  depends_on = [google_storage_bucket.made]
}

# Rows of a file that comes again replace those of before.
resource "google_project_iam_custom_role" "quarantine" {
  count = var.quarantine.enabled ? 1 : 0

  role_id     = "${replace(var.name, "-", "_")}_quarantine"
  title       = "Quarantine of ${var.name}"
  description = "Sets rows aside, without reading them"
  permissions = ["storage.objects.create", "storage.objects.delete"]
}

resource "google_storage_bucket_iam_member" "quarantine" {
  count = length(google_project_iam_custom_role.quarantine)

  bucket = local.buckets.quarantine
  role   = google_project_iam_custom_role.quarantine[count.index].name
  member = local.service_member

  depends_on = [google_storage_bucket.made]
}

resource "google_storage_bucket_iam_member" "readers" {
  for_each = var.readers

  bucket = local.buckets.output
  role   = "roles/storage.objectViewer"
  member = each.value

  depends_on = [google_storage_bucket.made]
}

locals {
  service_member = "serviceAccount:${google_service_account.service.email}"
}
