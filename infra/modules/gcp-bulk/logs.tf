# The logs hold a line for each file: its counts, codes and times, no value of it. They are the record of what left, so
# they have a place and a retention of their own rather than the project's thirty days.
#
# Cloud Run writes a line of its own for each event that it hands over. Nobody needs these: the sink does not take them,
# and the project's default log does not keep any line of this service.

locals {
  of_service = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${var.name}\" AND resource.labels.location=\"${local.region}\""
  said       = [for log in ["stderr", "stdout", "varlog/system"] : "log_id(\"run.googleapis.com/${log}\")"]
  not_said   = ["log_id(\"run.googleapis.com/requests\")"]
}

resource "google_logging_project_bucket_config" "service" {
  project          = local.project
  location         = local.region
  bucket_id        = var.name
  description      = "What ${var.name} says"
  retention_days   = var.log_retention_days
  enable_analytics = true # SQL over the lines; it costs nothing

  dynamic "cmek_settings" {
    for_each = var.kms_key_name[*]

    content {
      kms_key_name = cmek_settings.value
    }
  }
}

resource "google_logging_project_sink" "service" {
  name                   = "${var.name}-logs"
  description            = "Keeps what ${var.name} says in a bucket of its own"
  destination            = "logging.googleapis.com/${google_logging_project_bucket_config.service.id}"
  filter                 = "${local.of_service} AND (${join(" OR ", local.said)})"
  unique_writer_identity = true
}

resource "google_logging_project_exclusion" "service" {
  name        = "${var.name}-logs"
  description = "Keeps ${var.name} out of the default log: its lines have a bucket, and those of Cloud Run's own about events are not kept"
  filter      = "${local.of_service} AND (${join(" OR ", concat(local.said, local.not_said))})"

  # First the new place, then no longer the old one.
  depends_on = [google_logging_project_sink.service]
}
