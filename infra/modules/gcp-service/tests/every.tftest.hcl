# Every option, with rules and secrets of one's own.

mock_provider "google" {
  mock_data "google_client_config" {
    defaults = { project = "lumen-orchard", region = "europe-west3" }
  }
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_resource "google_pubsub_topic" {
    defaults = { id = "projects/lumen-orchard/topics/vizard-badges-calls" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "vizard-badges-push@lumen-orchard.iam.gserviceaccount.com" }
  }
}

variables {
  name = "vizard-badges"
  connectors = { badge-doors = {
    rules_file = "../../examples/aws-several/badges.yaml"
    settings   = { TARGET_HOST = "api.badges.lumen-orchard.example" }
    secrets    = { CLIENT_SECRET = "secret of the badge system", REFRESH_TOKEN = "its first refresh token" }
  } }
  image        = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  callers      = { members = ["group:analysts@lumen-orchard.example", "user:nora@lumen-orchard.example"], audiences = ["https://vizard.lumen-orchard.example"] }
  endpoint     = "load_balancer"
  settings     = { EMAIL_DOMAIN_HANDLING = "REDACT" }
  async        = { enabled = true, expire_days = 3 }
  side_outputs = { sanitized = "gs://lumen-lake/badges/doors", original = "gs://lumen-vault" }
  kms_key_name = "projects/lumen-orchard/locations/europe-west3/keyRings/vizard/cryptoKeys/vizard"
  secrets      = { shared_prefix = "lumen_shared_", shared_names = ["PSOXY_SALT", "SALT_IP"] }
  limits       = { timeout_seconds = 600, concurrency = 10, min_instances = 2, memory_mb = 1024 }
}

run "tells_the_service_of_all_of_it" {
  command = apply

  assert {
    condition = local.environment == tomap({
      SOURCE                   = "badge-doors"
      TARGET_HOST              = "api.badges.lumen-orchard.example"
      EMAIL_DOMAIN_HANDLING    = "REDACT"
      PATH_TO_INSTANCE_CONFIG  = "vizard-badges_badge-doors_"
      PATH_TO_SHARED_CONFIG    = "lumen_shared_"
      VIZARD_STATE_PATH        = "vizard-badges_badge-doors_state_"
      VIZARD_RULES_SHA256      = filesha256("../../examples/aws-several/badges.yaml")
      REMOTE_RESOURCE_BUCKET   = "vizard-badges-rules-123456789012"
      INSTANCE_RESOURCE_PATH   = "badge-doors/${filesha256("../../examples/aws-several/badges.yaml")}/"
      SECRETS_STORE            = "GCP_SECRET_MANAGER"
      GOOGLE_CLOUD_PROJECT     = "lumen-orchard"
      VIZARD_SECRET_NAMES      = "lumen_shared_PSOXY_SALT,lumen_shared_SALT_IP,vizard-badges_badge-doors_CLIENT_SECRET,vizard-badges_badge-doors_state_ACCESS_TOKEN,vizard-badges_badge-doors_state_OAUTH_REFRESH_TOKEN,vizard-badges_badge-doors_state_REFRESH_TOKEN"
      VIZARD_CALLER_AUTH       = "platform"
      VIZARD_TRUSTED_HOPS      = "2"
      VIZARD_CONCURRENCY       = "18"
      REQUEST_TIMEOUT_SECONDS  = "600"
      ASYNC_PUB_SUB_QUEUE      = "projects/lumen-orchard/topics/vizard-badges-calls"
      ASYNC_OUTPUT_DESTINATION = "gs://vizard-badges-results-123456789012"
      SERVICE_URL              = "https://vizard-badges-123456789012.europe-west3.run.app"
      VIZARD_PUSH_CALLER       = "vizard-badges-push@lumen-orchard.iam.gserviceaccount.com"
      SIDE_OUTPUT_SANITIZED    = "gs://lumen-lake/badges/doors"
      SIDE_OUTPUT_ORIGINAL     = "gs://lumen-vault"
    })
    error_message = "the environment is another: ${jsonencode(local.environment)}"
  }

  # Each revision finds its own rules: where they stand is as frozen in its environment as their hash.
  assert {
    condition     = [for it in google_storage_bucket_object.rules : "${it.source}: ${it.name}"] == ["../../examples/aws-several/badges.yaml: ${local.environment.INSTANCE_RESOURCE_PATH}rules.yaml"]
    error_message = "rules do not stand where the service looks for them"
  }

  # One that the service replaces stands where the service writes.
  assert {
    condition     = [for name in output.secret_names : name if strcontains(name, "badge-doors")] == ["vizard-badges_badge-doors_CLIENT_SECRET", "vizard-badges_badge-doors_state_REFRESH_TOKEN"]
    error_message = "the secrets are others: ${jsonencode(output.secret_names)}"
  }

  assert {
    condition = (
      google_cloud_run_v2_service.this[0].ingress == "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER"
      && google_cloud_run_v2_service.this[0].template[0].scaling[0].min_instance_count == 2
      && google_cloud_run_v2_service.this[0].template[0].timeout == "600s"
      && google_cloud_run_v2_service.this[0].custom_audiences == tolist(["https://vizard.lumen-orchard.example"])
    )
    error_message = "the service is another"
  }
}

run "lets_nobody_do_more" {
  command = apply

  assert {
    condition = { for it in google_storage_bucket_iam_member.side_outputs : it.bucket => it.condition[0].expression } == {
      lumen-lake  = "resource.name.startsWith(\"projects/_/buckets/lumen-lake/objects/badges/doors/\")"
      lumen-vault = "resource.name.startsWith(\"projects/_/buckets/lumen-vault/objects/\")"
    }
    error_message = "side outputs go elsewhere: ${jsonencode([for it in google_storage_bucket_iam_member.side_outputs : it.condition])}"
  }

  assert {
    condition = (
      google_project_iam_custom_role.objects[0].permissions == toset(["storage.objects.create", "storage.objects.delete"])
      && google_storage_bucket_iam_member.results[0].bucket == "vizard-badges-results-123456789012"
      && google_pubsub_topic_iam_member.calls[0].role == "roles/pubsub.publisher"
      && google_storage_bucket_iam_member.rules[0].role == "roles/storage.objectViewer"
    )
    error_message = "the service may do something else"
  }

  assert {
    condition = [for it in google_storage_bucket_iam_member.fetch_results : "${it.bucket} ${it.role} ${it.member}"] == [
      "vizard-badges-results-123456789012 roles/storage.objectViewer group:analysts@lumen-orchard.example",
      "vizard-badges-results-123456789012 roles/storage.objectViewer user:nora@lumen-orchard.example",
    ]
    error_message = "callers fetch something else"
  }

  assert {
    condition     = google_cloud_run_v2_service_iam_member.push[0].member == "serviceAccount:vizard-badges-push@lumen-orchard.iam.gserviceaccount.com"
    error_message = "calls are pushed by somebody else"
  }

  assert {
    condition     = contains(output.alarm_names, "vizard-badges-calls-failed") && output.dashboard_name == "vizard-badges"
    error_message = "nobody looks at calls that failed"
  }
}

run "calls_from_within_come_over_one_hop" {
  command = plan

  variables {
    endpoint = "internal"
  }

  assert {
    condition     = google_cloud_run_v2_service.this[0].ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY" && local.for_all.VIZARD_TRUSTED_HOPS == "1"
    error_message = "callers choose their address"
  }
}
