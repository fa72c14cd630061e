# One connector, everything as it comes.

mock_provider "google" {
  mock_data "google_client_config" {
    defaults = { project = "lumen-orchard", region = "europe-west3" }
  }
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "vizard-run@lumen-orchard.iam.gserviceaccount.com" }
  }
  mock_resource "google_project_iam_custom_role" {
    defaults = { name = "projects/lumen-orchard/roles/vizard_state" }
  }
}

variables {
  name       = "vizard"
  connectors = { zoom = {} }
  image      = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  callers    = { members = ["serviceAccount:analytics@lumen-orchard.iam.gserviceaccount.com"] }
}

run "sets_the_names_that_the_program_reads" {
  command = plan

  assert {
    condition = output.environment == tomap({
      SOURCE                  = "zoom"
      PATH_TO_INSTANCE_CONFIG = "vizard_zoom_"
      PATH_TO_SHARED_CONFIG   = "vizard_shared_"
      VIZARD_STATE_PATH       = "vizard_zoom_state_"
      VIZARD_RULES_SHA256     = local.shipped_rules_sha256.zoom
      SECRETS_STORE           = "GCP_SECRET_MANAGER"
      GOOGLE_CLOUD_PROJECT    = "lumen-orchard"
      VIZARD_SECRET_NAMES = join(",", [
        "vizard_shared_PSOXY_ENCRYPTION_KEY", "vizard_shared_PSOXY_SALT", "vizard_zoom_ACCOUNT_ID", "vizard_zoom_CLIENT_ID",
        "vizard_zoom_CLIENT_SECRET", "vizard_zoom_state_ACCESS_TOKEN", "vizard_zoom_state_OAUTH_REFRESH_TOKEN",
      ])
      VIZARD_CALLER_AUTH      = "platform"
      VIZARD_TRUSTED_HOPS     = "1"
      VIZARD_CONCURRENCY      = "48"
      REQUEST_TIMEOUT_SECONDS = "180"
    })
    error_message = "the environment is another: ${jsonencode(output.environment)}"
  }

  assert {
    condition     = tomap({ for it in google_cloud_run_v2_service.this[0].template[0].containers[0].env : it.name => it.value }) == output.environment
    error_message = "the service is told something else than the output says"
  }

  assert {
    condition = output.secret_names == tolist([
      "vizard_shared_PSOXY_ENCRYPTION_KEY", "vizard_shared_PSOXY_SALT",
      "vizard_zoom_ACCOUNT_ID", "vizard_zoom_CLIENT_ID", "vizard_zoom_CLIENT_SECRET",
    ])
    error_message = "the secrets are others: ${jsonencode(output.secret_names)}"
  }
}

# A service that is made before its secrets are set would not start, and the apply would fail.
run "makes_everything_but_the_service_without_an_image" {
  command = plan

  variables {
    image = null
  }

  assert {
    condition = (
      length(google_cloud_run_v2_service.this) == 0 && length(google_cloud_run_v2_service_iam_member.callers) == 0
      && output.environment == run.sets_the_names_that_the_program_reads.environment
      && output.secret_names == run.sets_the_names_that_the_program_reads.secret_names
      && length(google_secret_manager_secret_iam_member.read) == 5
    )
    error_message = "the secrets cannot be set before the service starts"
  }
}

run "callers_are_known_and_logs_end" {
  command = plan

  assert {
    condition = (
      google_cloud_run_v2_service.this[0].invoker_iam_disabled == false
      && google_cloud_run_v2_service.this[0].ingress == "INGRESS_TRAFFIC_ALL"
      && [for it in google_cloud_run_v2_service_iam_member.callers : "${it.role} ${it.member}"] == ["roles/run.invoker serviceAccount:analytics@lumen-orchard.iam.gserviceaccount.com"]
      && length(google_cloud_run_v2_service_iam_member.push) == 0
    )
    error_message = "others may call"
  }

  assert {
    condition     = google_logging_project_bucket_config.service.retention_days == 90
    error_message = "the log's retention is not the default"
  }

  # The lines that Cloud Run writes of each call have its path and query.
  assert {
    condition = (
      !strcontains(google_logging_project_sink.service.filter, "run.googleapis.com/requests")
      && strcontains(google_logging_project_exclusion.service.filter, "log_id(\"run.googleapis.com/requests\")")
      && strcontains(google_logging_project_exclusion.service.filter, "resource.labels.service_name=\"vizard\" AND ")
    )
    error_message = "paths and queries of calls are kept, or lines of other services are not"
  }

  assert {
    condition     = length(module.async) == 0 && length(google_storage_bucket.rules) == 0 && length(google_project_iam_custom_role.objects) == 0
    error_message = "something was made that nobody asked for"
  }

  assert {
    condition = (
      google_cloud_run_v2_service.this[0].template[0].containers[0].startup_probe[0].http_get[0].path == "/healthz"
      && google_cloud_run_v2_service.this[0].template[0].containers[0].liveness_probe[0].http_get[0].path == "/healthz"
      && google_cloud_run_v2_service.this[0].template[0].max_instance_request_concurrency < tonumber(output.environment.VIZARD_CONCURRENCY)
    )
    error_message = "Cloud Run does not ask whether the service lives, or sends more than it takes"
  }
}

run "the_service_writes_nothing_but_state" {
  command = apply

  # The salt must not be destroyed, and mocked things are destroyed after a test: it is not made here.
  variables {
    secrets = { shared_prefix = "lumen_shared_" }
  }

  assert {
    condition = { for it in google_secret_manager_secret_iam_member.read : it.secret_id => it.role } == {
      lumen_shared_PSOXY_ENCRYPTION_KEY = "roles/secretmanager.secretAccessor"
      lumen_shared_PSOXY_SALT           = "roles/secretmanager.secretAccessor"
      vizard_zoom_ACCOUNT_ID            = "roles/secretmanager.secretAccessor"
      vizard_zoom_CLIENT_ID             = "roles/secretmanager.secretAccessor"
      vizard_zoom_CLIENT_SECRET         = "roles/secretmanager.secretAccessor"
    }
    error_message = "the service may read something else: ${jsonencode([for it in google_secret_manager_secret_iam_member.read : it.secret_id])}"
  }

  assert {
    condition = { for it in google_secret_manager_secret_iam_member.write : it.secret_id => it.role } == {
      vizard_zoom_state_ACCESS_TOKEN        = "projects/lumen-orchard/roles/vizard_state"
      vizard_zoom_state_OAUTH_REFRESH_TOKEN = "projects/lumen-orchard/roles/vizard_state"
    }
    error_message = "the service may write something else: ${jsonencode([for it in google_secret_manager_secret_iam_member.write : it.secret_id])}"
  }

  assert {
    condition = google_project_iam_custom_role.state.permissions == toset([
      "secretmanager.secrets.get", "secretmanager.secrets.update", "secretmanager.versions.access",
      "secretmanager.versions.add", "secretmanager.versions.destroy", "secretmanager.versions.list",
    ])
    error_message = "the service may do something else with its state: ${jsonencode(google_project_iam_custom_role.state.permissions)}"
  }

  assert {
    condition = (
      google_cloud_run_v2_service.this[0].template[0].service_account == "vizard-run@lumen-orchard.iam.gserviceaccount.com"
      && alltrue([for it in concat(values(google_secret_manager_secret_iam_member.read), values(google_secret_manager_secret_iam_member.write)) : it.member == "serviceAccount:vizard-run@lumen-orchard.iam.gserviceaccount.com"])
    )
    error_message = "the service works as somebody else"
  }

  assert {
    condition     = output.url == "https://vizard-123456789012.europe-west3.run.app"
    error_message = "the URL is ${output.url}"
  }

  assert {
    condition = output.commands == [
      "vizard secrets set --target gcp --env-file environment.json",
      "vizard doctor --target gcp --env-file environment.json",
    ]
    error_message = "the commands are others: ${jsonencode(output.commands)}"
  }
}
