# Where files come from and go. Each is a bucket of its own, because others may read each: the one who delivers writes
# the input, analysts read the output, and rows in quarantine are for whoever may see them as they came.

locals {
  # By what they are for. A bucket that is null is made here.
  places = merge(
    {
      input  = { bucket = var.input.bucket, expire_days = var.input.expire_days, versioned = false }
      output = { bucket = var.output.bucket, expire_days = var.output.expire_days, versioned = var.output.versioned }
    },
    !var.quarantine.enabled ? {} : {
      quarantine = { bucket = var.quarantine.bucket, expire_days = var.quarantine.expire_days, versioned = false }
    },
    { for key, it in var.lookup_tables : key => { bucket = it.bucket, expire_days = it.expire_days, versioned = false } },
  )

  # Names of buckets are one space for all projects of the world: with the project's number it is one of its own.
  buckets = { for key, it in local.places : key => it.bucket != null ? it.bucket : "${var.name}-${key}-${local.number}" }

  # What stays for a month where `versioned` asks for it; elsewhere nothing outlives its replacement.
  replaced_days = 30
}

resource "google_storage_bucket" "made" {
  # checkov:skip=CKV_GCP_62:who wrote and read what is in the project's data access logs, which belong to the project, not to a module
  # checkov:skip=CKV_GCP_78:a file that was deleted or has expired is gone; only outputs keep for a month what was replaced, if asked
  for_each = { for key, it in local.places : key => it if it.bucket == null }

  name                        = local.buckets[each.key]
  location                    = local.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = var.labels

  dynamic "versioning" {
    for_each = each.value.versioned ? [true] : []

    content {
      enabled = versioning.value
    }
  }

  # A deleted file is gone: otherwise it would be kept for seven days beyond its expiry.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age        = each.value.expire_days
      with_state = "ANY"
    }
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      days_since_noncurrent_time = local.replaced_days
      with_state                 = "ARCHIVED"
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
