# The bucket of results: sanitized answers, kept for as long as a caller may take to fetch them.

resource "google_storage_bucket" "results" {
  # checkov:skip=CKV_GCP_62:who fetched what is in the project's data access logs, which belong to the project, not to a module
  # checkov:skip=CKV_GCP_78:results are written once and expire; an older version would outlive its expiry

  # Names of buckets are one space for all projects of the world: with the project's number it is one of its own.
  name                        = "${var.name}-results-${var.project_number}"
  location                    = var.location
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = var.labels

  # A deleted result is gone: otherwise it would be kept for seven days beyond its expiry.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age = var.expire_days
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 1
    }
  }

  dynamic "encryption" {
    for_each = var.kms_key_name[*]

    content {
      default_kms_key_name = encryption.value
    }
  }
}
