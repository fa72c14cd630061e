# The service that sanitizes files. What starts it is in trigger.tf, what it reads in environment.tf, what it may do in
# iam.tf, where files come from and go in buckets.tf.

# Region and project are the provider's. The number needs the API cloudresourcemanager.googleapis.com.
data "google_client_config" "current" {}

data "google_project" "current" {
  project_id = data.google_client_config.current.project
}

locals {
  region  = data.google_client_config.current.region
  project = data.google_client_config.current.project
  number  = data.google_project.current.number
}

resource "google_cloud_run_v2_service" "this" {
  count = var.image == null ? 0 : 1

  name                 = var.name
  description          = "Vizard: sanitizes files"
  location             = local.region
  ingress              = "INGRESS_TRAFFIC_INTERNAL_ONLY" # Eventarc comes from within, and nobody else calls
  invoker_iam_disabled = false                           # Cloud Run lets only the account through that events come as
  deletion_protection  = false                           # it holds nothing; what cannot be made again is protected where it is
  labels               = var.labels

  template {
    service_account                  = google_service_account.service.email
    timeout                          = "${var.limits.timeout_seconds}s"
    max_instance_request_concurrency = 1 # one file has the instance's processors and memory for itself
    encryption_key                   = var.kms_key_name
    labels                           = var.labels

    scaling {
      min_instance_count = 0
      max_instance_count = var.limits.max_instances
    }

    containers {
      image = var.image

      ports {
        container_port = 8080
      }

      resources {
        cpu_idle          = true # paid for while files are at work
        startup_cpu_boost = true
        limits            = { cpu = tostring(var.limits.cpu), memory = "${var.limits.memory_mb}Mi" }
      }

      dynamic "env" {
        for_each = local.for_all

        content {
          name  = env.key
          value = env.value
        }
      }

      # Asked from within: from outside, Google answers this path itself.
      startup_probe {
        period_seconds    = 1
        timeout_seconds   = 1
        failure_threshold = 30

        http_get {
          path = "/healthz"
        }
      }

      liveness_probe {
        period_seconds    = 30
        timeout_seconds   = 5
        failure_threshold = 3

        http_get {
          path = "/healthz"
        }
      }
    }
  }

  # The revision that is ready last. To go back at once is `gcloud run services update-traffic`, until the next apply.
  traffic {
    type    = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
    percent = 100
  }

  lifecycle {
    precondition {
      condition     = alltrue([for it in [local.project, local.region] : it != null && it != ""])
      error_message = "The provider needs a project and a region."
    }

    # Cloud Run takes 32 KiB of one variable.
    precondition {
      condition     = alltrue([for name in ["RULES", "ADDITIONAL_TRANSFORMS"] : length(lookup(local.for_all, name, "")) <= 32768])
      error_message = "The rules are larger than the 32768 bytes that a variable may have: those of lookup tables count with their comments."
    }

    # The files of lookup tables become parts of one text: what that text says is what each of them says.
    precondition {
      condition = length(var.lookup_tables) == 0 || try(
        jsonencode([for it in yamldecode(local.additional_transforms) : it.rules]) == jsonencode([
          for key in sort(keys(var.lookup_tables)) : yamldecode(file(var.lookup_tables[key].rules_file))
      ]), false)
      error_message = "A lookup table's rules_file is no YAML, or not one document without a head."
    }
  }

  # A revision starts as soon as it is made: what it may do and the places of its secrets are there before.
  depends_on = [
    google_secret_manager_secret_iam_member.read,
    google_storage_bucket_iam_member.input,
    google_storage_bucket_iam_member.outputs,
    google_storage_bucket_iam_member.quarantine,
    google_logging_project_sink.service,
    google_logging_project_exclusion.service,
  ]
}
