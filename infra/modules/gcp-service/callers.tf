# Who may call: whom the operator names, and Pub/Sub with what it was given to push. Everybody else is turned away by
# Cloud Run, before the service is started for them.

resource "google_cloud_run_v2_service_iam_member" "callers" {
  for_each = toset([for member in var.callers.members : member if var.image != null])

  name     = google_cloud_run_v2_service.this[0].name
  location = local.region
  role     = "roles/run.invoker"
  member   = each.value
}

resource "google_cloud_run_v2_service_iam_member" "push" {
  count = var.async.enabled ? length(google_cloud_run_v2_service.this) : 0

  name     = google_cloud_run_v2_service.this[count.index].name
  location = local.region
  role     = "roles/run.invoker"
  member   = "serviceAccount:${module.async[0].push_caller}"
}

# Without the right to list, which this role has, a result that is not there yet would look like one that may not be
# read.
resource "google_storage_bucket_iam_member" "fetch_results" {
  for_each = toset([for member in var.callers.members : member if var.async.enabled])

  bucket = module.async[0].bucket_name
  role   = "roles/storage.objectViewer"
  member = each.value
}
