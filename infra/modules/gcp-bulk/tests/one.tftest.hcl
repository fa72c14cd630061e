# Everything as it comes.

mock_provider "google" {
  mock_data "google_client_config" {
    defaults = { project = "lumen-orchard", region = "europe-west3" }
  }
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
  mock_data "google_storage_project_service_account" {
    defaults = { email_address = "service-123456789012@gs-project-accounts.iam.gserviceaccount.com" }
  }
  mock_resource "google_service_account" {
    defaults = { email = "vizard-files-x@lumen-orchard.iam.gserviceaccount.com" }
  }
  mock_resource "google_project_iam_custom_role" {
    defaults = { name = "projects/lumen-orchard/roles/vizard_files_own" }
  }
}

# The salt must not be destroyed, and mocked things are destroyed after a test: it is not made here.
variables {
  name    = "vizard-files"
  rules   = { file = "../../examples/gcp-bulk/people.yaml" }
  image   = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  secrets = { shared_prefix = "lumen_shared_" }
}

run "tells_the_service_its_rules_and_where_to_write" {
  command = plan

  assert {
    condition = output.environment == tomap({
      RULES                   = base64gzip(file("../../examples/gcp-bulk/people.yaml"))
      VIZARD_RULES_SHA256     = filesha256("../../examples/gcp-bulk/people.yaml")
      INPUT_BUCKET            = "vizard-files-input-123456789012"
      OUTPUT_BUCKET           = "vizard-files-output-123456789012"
      PATH_TO_INSTANCE_CONFIG = "vizard-files_"
      PATH_TO_SHARED_CONFIG   = "lumen_shared_"
      SECRETS_STORE           = "GCP_SECRET_MANAGER"
      GOOGLE_CLOUD_PROJECT    = "lumen-orchard"
      VIZARD_SECRET_NAMES     = "lumen_shared_PSOXY_ENCRYPTION_KEY,lumen_shared_PSOXY_SALT"
      VIZARD_CALLER_AUTH      = "platform"
      VIZARD_TRUSTED_HOPS     = "1"
      VIZARD_CONCURRENCY      = "2"
      REQUEST_TIMEOUT_SECONDS = "600"
    })
    error_message = "the environment is another: ${jsonencode(output.environment)}"
  }

  assert {
    condition = (
      google_cloud_run_v2_service.this[0].template[0].max_instance_request_concurrency == 1
      && google_cloud_run_v2_service.this[0].template[0].timeout == "600s"
      && google_cloud_run_v2_service.this[0].template[0].containers[0].resources[0].limits == tomap({ cpu = "1", memory = "512Mi" })
    )
    error_message = "an instance has other limits, or several files at a time"
  }
}

run "makes_closed_buckets_whose_files_expire" {
  command = plan

  assert {
    condition = { for key, it in google_storage_bucket.made : key => "${it.name} ${it.location} ${one(it.lifecycle_rule[0].condition).age}" } == {
      input  = "vizard-files-input-123456789012 europe-west3 30"
      output = "vizard-files-output-123456789012 europe-west3 720"
    }
    error_message = "other buckets are made: ${jsonencode(output.buckets)}"
  }

  assert {
    condition = alltrue([for it in values(google_storage_bucket.made) :
      it.uniform_bucket_level_access && it.public_access_prevention == "enforced" && it.soft_delete_policy[0].retention_duration_seconds == 0 && length(it.versioning) == 0
    ])
    error_message = "a bucket is open, or keeps what was deleted"
  }
}

run "the_input_starts_the_service_and_nobody_else_does" {
  command = apply

  assert {
    condition = { for it in google_eventarc_trigger.input[0].matching_criteria : it.attribute => it.value } == {
      type   = "google.cloud.storage.object.v1.finalized"
      bucket = "vizard-files-input-123456789012"
    }
    error_message = "the service is told of something else"
  }

  assert {
    condition = (
      google_eventarc_trigger.input[0].destination[0].cloud_run_service[0].path == "/.vizard/events"
      && google_eventarc_trigger.input[0].destination[0].cloud_run_service[0].service == "vizard-files"
      && google_eventarc_trigger.input[0].location == "europe-west3"
      && google_eventarc_trigger.input[0].service_account == google_service_account.events.email
    )
    error_message = "events go elsewhere"
  }

  assert {
    condition = (
      google_cloud_run_v2_service.this[0].ingress == "INGRESS_TRAFFIC_INTERNAL_ONLY" && google_cloud_run_v2_service.this[0].invoker_iam_disabled == false
      && google_cloud_run_v2_service_iam_member.events[0].member == "serviceAccount:${google_service_account.events.email}"
      && google_cloud_run_v2_service_iam_member.events[0].role == "roles/run.invoker"
    )
    error_message = "others may call"
  }

  assert {
    condition = (
      google_project_iam_member.tell.member == "serviceAccount:service-123456789012@gs-project-accounts.iam.gserviceaccount.com"
      && google_project_iam_member.tell.role == "roles/pubsub.publisher" && google_project_iam_member.receive.role == "roles/eventarc.eventReceiver"
    )
    error_message = "others tell of files: ${google_project_iam_member.tell.member}"
  }
}

run "the_service_reads_the_input_and_writes_the_output" {
  command = apply

  assert {
    condition = (
      google_storage_bucket_iam_member.input.bucket == "vizard-files-input-123456789012"
      && google_storage_bucket_iam_member.input.role == "roles/storage.objectViewer"
      && { for key, it in google_storage_bucket_iam_member.outputs : key => "${it.bucket} ${it.role}" } == { output = "vizard-files-output-123456789012 projects/lumen-orchard/roles/vizard_files_own" }
      && length(google_storage_bucket_iam_member.quarantine) == 0 && length(google_storage_bucket_iam_member.readers) == 0
    )
    error_message = "the service reaches other files"
  }

  assert {
    condition = google_project_iam_custom_role.outputs.permissions == toset([
      "storage.objects.create", "storage.objects.delete", "storage.objects.get",
    ])
    error_message = "the service may do something else with outputs: ${jsonencode(google_project_iam_custom_role.outputs.permissions)}"
  }

  assert {
    condition     = keys(google_secret_manager_secret_iam_member.read) == ["lumen_shared_PSOXY_ENCRYPTION_KEY", "lumen_shared_PSOXY_SALT"]
    error_message = "the service may read something else: ${jsonencode(keys(google_secret_manager_secret_iam_member.read))}"
  }

  assert {
    condition = output.alarm_names == tolist([
      "vizard-files-crashes", "vizard-files-failed-starts", "vizard-files-files-failed", "vizard-files-files-waiting",
    ])
    error_message = "other alarms: ${jsonencode(output.alarm_names)}"
  }

  # Of Eventarc's own subscription, whose name begins with that of the trigger.
  assert {
    condition = strcontains(
      google_monitoring_alert_policy.this["files-waiting"].conditions[0].condition_prometheus_query_language[0].query,
      "subscription_id=~\"eventarc-europe-west3-${google_eventarc_trigger.input[0].name}-sub-.*\"}) > 3600"
    )
    error_message = "nobody looks at files that wait"
  }

  assert {
    condition     = length(output.secret_names) == 0 && output.commands == ["vizard secrets check --target gcp --env-file environment.json"]
    error_message = "secrets are made that another prefix has: ${jsonencode(output.commands)}"
  }
}
