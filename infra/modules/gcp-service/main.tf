# The service itself. What it reads is in environment.tf, what it may do in iam.tf, who may call it in callers.tf.

# Region and project are the provider's. The number needs the API cloudresourcemanager.googleapis.com.
data "google_client_config" "current" {}

data "google_project" "current" {
  project_id = data.google_client_config.current.project
}

locals {
  region  = data.google_client_config.current.region
  project = data.google_client_config.current.project
  number  = data.google_project.current.number

  # Each service has a URL that can be told before it exists, so that it can be told its own, and Pub/Sub where to push.
  url = "https://${var.name}-${local.number}.${local.region}.run.app"

  ingress = {
    run_url       = "INGRESS_TRAFFIC_ALL"
    load_balancer = "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
    internal      = "INGRESS_TRAFFIC_INTERNAL_ONLY"
  }
}

resource "google_cloud_run_v2_service" "this" {
  count = var.image == null ? 0 : 1

  name                 = var.name
  description          = "Vizard: sanitizes what ${local.id} answers"
  location             = local.region
  ingress              = local.ingress[var.endpoint]
  custom_audiences     = length(var.callers.audiences) == 0 ? null : sort(var.callers.audiences)
  invoker_iam_disabled = false # Cloud Run lets only those through who are in callers.tf
  deletion_protection  = false # it holds nothing; what cannot be made again is protected where it is
  labels               = var.labels

  template {
    service_account                  = google_service_account.service.email
    timeout                          = "${var.limits.timeout_seconds}s"
    max_instance_request_concurrency = var.limits.concurrency
    encryption_key                   = var.kms_key_name
    labels                           = var.labels

    scaling {
      min_instance_count = var.limits.min_instances
      max_instance_count = var.limits.max_instances
    }

    containers {
      image = var.image

      ports {
        container_port = 8080
      }

      resources {
        cpu_idle          = true # paid for while calls are at work
        startup_cpu_boost = true
        limits            = { cpu = tostring(var.limits.cpu), memory = "${var.limits.memory_mb}Mi" }
      }

      dynamic "env" {
        for_each = local.environment

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
  }

  # A revision starts as soon as it is made: what it may do, its rules and the places of its secrets are there before.
  depends_on = [
    google_secret_manager_secret_iam_member.read,
    google_secret_manager_secret_iam_member.write,
    google_storage_bucket_iam_member.rules,
    google_storage_bucket_iam_member.results,
    google_storage_bucket_iam_member.side_outputs,
    google_pubsub_topic_iam_member.calls,
    google_storage_bucket_object.rules,
    google_logging_project_sink.service,
    google_logging_project_exclusion.service,
  ]
}
