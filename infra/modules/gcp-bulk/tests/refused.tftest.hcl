# What must not get as far as a plan.

mock_provider "google" {
  mock_data "google_client_config" {
    defaults = { project = "lumen-orchard", region = "europe-west3" }
  }
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  name  = "vizard-files"
  rules = { file = "../../examples/gcp-bulk/people.yaml" }
  image = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
}

run "rules_that_are_not_there" {
  command = plan

  variables {
    rules = { file = "none.yaml" }
  }

  expect_failures = [var.rules]
}

run "rules_with_another_hash" {
  command = plan

  variables {
    rules = { file = "versions.tf", sha256 = "e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366" }
  }

  expect_failures = [var.rules]
}

run "an_image_behind_a_tag" {
  command = plan

  variables {
    image = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server:latest"
  }

  expect_failures = [var.image]
}

run "a_name_with_an_underscore" {
  command = plan

  variables {
    name = "vizard_files"
  }

  expect_failures = [var.name]
}

run "a_name_that_google_keeps" {
  command = plan

  variables {
    name = "google-files"
  }

  expect_failures = [var.name]
}

run "an_input_by_its_address" {
  command = plan

  variables {
    input = { bucket = "gs://lumen-deliveries" }
  }

  expect_failures = [var.input]
}

run "a_place_of_a_bucket_that_is_made" {
  command = plan

  variables {
    input = { location = "eu" }
  }

  expect_failures = [var.input]
}

run "files_forever" {
  command = plan

  variables {
    input = { expire_days = 0 }
  }

  expect_failures = [var.input]
}

run "an_output_that_is_the_input" {
  command = plan

  variables {
    input  = { bucket = "lumen-deliveries" }
    output = { bucket = "lumen-deliveries" }
  }

  expect_failures = [var.output]
}

run "a_quarantine_beside_the_output" {
  command = plan

  variables {
    output     = { bucket = "lumen-lake" }
    quarantine = { enabled = true, bucket = "lumen-lake" }
  }

  expect_failures = [var.quarantine]
}

run "a_quarantine_that_is_not_used" {
  command = plan

  variables {
    quarantine = { bucket = "lumen-quarantine" }
  }

  expect_failures = [var.quarantine]
}

run "a_lookup_table_beside_the_output" {
  command = plan

  variables {
    output        = { bucket = "lumen-lake" }
    lookup_tables = { teams = { bucket = "lumen-lake", rules_file = "../../examples/gcp-bulk/teams.yaml" } }
  }

  expect_failures = [var.lookup_tables]
}

run "two_lookup_tables_in_one_place" {
  command = plan

  variables {
    lookup_tables = {
      one = { bucket = "lumen-teams", rules_file = "../../examples/gcp-bulk/teams.yaml" }
      two = { bucket = "lumen-teams", rules_file = "../../examples/gcp-bulk/people.yaml" }
    }
  }

  expect_failures = [var.lookup_tables]
}

run "a_lookup_table_called_output" {
  command = plan

  variables {
    lookup_tables = { output = { rules_file = "../../examples/gcp-bulk/teams.yaml" } }
  }

  expect_failures = [var.lookup_tables]
}

run "a_lookup_table_without_rules" {
  command = plan

  variables {
    lookup_tables = { teams = { rules_file = "none.yaml" } }
  }

  expect_failures = [var.lookup_tables]
}

run "everybody_reads" {
  command = plan

  variables {
    readers = ["allUsers"]
  }

  expect_failures = [var.readers]
}

run "everybody_with_an_account_reads" {
  command = plan

  variables {
    readers = ["allAuthenticatedUsers"]
  }

  expect_failures = [var.readers]
}

run "a_whole_domain_reads" {
  command = plan

  variables {
    readers = ["domain:lumen-orchard.example"]
  }

  expect_failures = [var.readers]
}

run "more_time_than_pubsub_gives" {
  command = plan

  variables {
    limits = { timeout_seconds = 900 }
  }

  expect_failures = [var.limits]
}

run "half_a_processor" {
  command = plan

  variables {
    limits = { cpu = 0.5 }
  }

  expect_failures = [var.limits]
}

run "a_service_switched_off" {
  command = plan

  variables {
    limits = { max_instances = 0 }
  }

  expect_failures = [var.limits]
}

run "a_secret_among_the_settings" {
  command = plan

  variables {
    settings = { PSOXY_SALT = "no" }
  }

  expect_failures = [var.settings]
}

run "a_setting_of_the_module" {
  command = plan

  variables {
    settings = { OUTPUT_BUCKET = "lumen-lake" }
  }

  expect_failures = [var.settings]
}

run "another_way_to_know_callers" {
  command = plan

  variables {
    settings = { VIZARD_CALLER_AUTH = "none" }
  }

  expect_failures = [var.settings]
}

run "another_policy_for_rows" {
  command = plan

  variables {
    settings = { VIZARD_BULK_BAD_ROWS = "quarantine" }
  }

  expect_failures = [var.settings]
}

run "a_shared_prefix_with_a_slash" {
  command = plan

  variables {
    secrets = { shared_prefix = "/shared/" }
  }

  expect_failures = [var.secrets]
}

run "shared_secrets_that_nobody_makes" {
  command = plan

  variables {
    secrets = { shared_names = ["PSOXY_SALT", "SALT_IP"] }
  }

  expect_failures = [var.secrets]
}

run "a_version_of_a_key" {
  command = plan

  variables {
    kms_key_name = "projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1"
  }

  expect_failures = [var.kms_key_name]
}

run "logs_forever" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "a_file_that_waits_until_it_is_dropped" {
  command = plan

  variables {
    alarms = { waiting_minutes = 1440 }
  }

  expect_failures = [var.alarms]
}

run "a_label_in_capitals" {
  command = plan

  variables {
    labels = { Application = "vizard" }
  }

  expect_failures = [var.labels]
}

# One that a variable cannot see: the text that the files become.
run "a_lookup_table_whose_rules_are_two_documents" {
  command = plan

  variables {
    lookup_tables = { teams = { rules_file = "tests/two.yaml" } }
  }

  expect_failures = [google_cloud_run_v2_service.this]
}
