# Every option: given buckets and made ones, a lookup table, readers, a key, a salt of its own.

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

variables {
  name       = "vizard-files"
  rules      = { file = "../../examples/gcp-bulk/people.yaml" }
  image      = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  input      = { bucket = "lumen-deliveries", location = "eu", base_path = "people/" }
  output     = { base_path = "clean/", expire_days = 90, versioned = true }
  quarantine = { enabled = true, expire_days = 7 }
  lookup_tables = {
    teams = { rules_file = "../../examples/gcp-bulk/teams.yaml", path = "teams/", compress_output = false }
  }
  readers      = ["group:analysts@lumen-orchard.example"]
  settings     = { VIZARD_BULK_KEEP_ORDER = "true" }
  secrets      = { shared_prefix = "lumen_shared_", shared_names = ["PSOXY_SALT"] }
  kms_key_name = "projects/lumen-orchard/locations/europe-west3/keyRings/vizard/cryptoKeys/vizard"
  limits       = { cpu = 2, memory_mb = 4096, timeout_seconds = 300, max_instances = 2 }
}

run "tells_the_service_of_all_of_it" {
  command = plan

  assert {
    condition = { for name, value in output.environment : name => value if !contains(["RULES", "ADDITIONAL_TRANSFORMS"], name) } == {
      VIZARD_RULES_SHA256           = filesha256("../../examples/gcp-bulk/people.yaml")
      INPUT_BUCKET                  = "lumen-deliveries"
      OUTPUT_BUCKET                 = "vizard-files-output-123456789012"
      INPUT_BASE_PATH               = "people/"
      OUTPUT_BASE_PATH              = "clean/"
      VIZARD_BULK_BAD_ROWS          = "quarantine"
      VIZARD_BULK_QUARANTINE_BUCKET = "vizard-files-quarantine-123456789012"
      VIZARD_BULK_KEEP_ORDER        = "true"
      PATH_TO_INSTANCE_CONFIG       = "vizard-files_"
      PATH_TO_SHARED_CONFIG         = "lumen_shared_"
      SECRETS_STORE                 = "GCP_SECRET_MANAGER"
      GOOGLE_CLOUD_PROJECT          = "lumen-orchard"
      VIZARD_SECRET_NAMES           = "lumen_shared_PSOXY_SALT"
      VIZARD_CALLER_AUTH            = "platform"
      VIZARD_TRUSTED_HOPS           = "1"
      VIZARD_CONCURRENCY            = "2"
      REQUEST_TIMEOUT_SECONDS       = "300"
    }
    error_message = "the environment is another: ${jsonencode(output.environment)}"
  }

  # What the file says, as it says it.
  assert {
    condition = yamldecode(output.environment.ADDITIONAL_TRANSFORMS) == [{
      destinationBucketName = "vizard-files-teams-123456789012"
      pathWithinBucket      = "teams/"
      compressOutput        = false
      rules                 = yamldecode(file("../../examples/gcp-bulk/teams.yaml"))
    }]
    error_message = "the lookup table is another: ${output.environment.ADDITIONAL_TRANSFORMS}"
  }

  assert {
    condition = { for key, it in google_storage_bucket.made : key => "${one(it.lifecycle_rule[0].condition).age} ${length(it.versioning)}" } == {
      output = "90 1", quarantine = "7 0", teams = "720 0"
    }
    error_message = "other buckets are made: ${jsonencode(keys(google_storage_bucket.made))}"
  }
}

run "lets_nobody_do_more" {
  command = apply

  assert {
    condition     = { for key, it in google_storage_bucket_iam_member.outputs : key => it.bucket } == { output = "vizard-files-output-123456789012", teams = "vizard-files-teams-123456789012" }
    error_message = "the service writes elsewhere"
  }

  # What is in quarantine is not read again.
  assert {
    condition = (
      google_project_iam_custom_role.quarantine[0].permissions == toset(["storage.objects.create", "storage.objects.delete"])
      && google_storage_bucket_iam_member.quarantine[0].bucket == "vizard-files-quarantine-123456789012"
    )
    error_message = "the service may do something else in quarantine"
  }

  # Readers read the output, and neither quarantine nor lookup tables.
  assert {
    condition = [for it in google_storage_bucket_iam_member.readers : "${it.bucket} ${it.role} ${it.member}"] == [
      "vizard-files-output-123456789012 roles/storage.objectViewer group:analysts@lumen-orchard.example",
    ]
    error_message = "readers read something else"
  }

  assert {
    condition     = contains(output.alarm_names, "vizard-files-rows-set-aside")
    error_message = "nobody looks at the quarantine: ${jsonencode(output.alarm_names)}"
  }

  # A trigger is where its bucket is, and delivers to the service's region.
  assert {
    condition = (
      google_eventarc_trigger.input[0].location == "eu" && google_eventarc_trigger.input[0].destination[0].cloud_run_service[0].region == "europe-west3"
      && strcontains(google_monitoring_alert_policy.this["files-waiting"].conditions[0].condition_prometheus_query_language[0].query, "eventarc-eu-vizard-files-input-sub-")
    )
    error_message = "the trigger is elsewhere"
  }
}

run "waits_for_its_secrets" {
  command = plan

  variables {
    image   = null
    secrets = {}
  }

  assert {
    condition     = length(google_cloud_run_v2_service.this) == 0 && length(google_eventarc_trigger.input) == 0 && output.trigger_name == null
    error_message = "files come before there is a salt"
  }

  assert {
    condition     = output.secret_names == tolist(["vizard-files_shared_PSOXY_ENCRYPTION_KEY", "vizard-files_shared_PSOXY_SALT"])
    error_message = "the secrets are others: ${jsonencode(output.secret_names)}"
  }

  assert {
    condition     = length(output.commands) == 2 && endswith(output.commands[0], "--generate --no-try")
    error_message = "nobody makes the salt: ${jsonencode(output.commands)}"
  }
}
