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
  name       = "vizard"
  connectors = { zoom = {} }
  image      = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  callers    = { members = ["serviceAccount:analytics@lumen-orchard.iam.gserviceaccount.com"] }
}

run "an_image_behind_a_tag" {
  command = plan

  variables {
    image = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server:latest"
  }

  expect_failures = [var.image]
}

run "an_image_without_registry" {
  command = plan

  variables {
    image = "server@sha256:e0f4"
  }

  expect_failures = [var.image]
}

run "a_secret_among_the_settings" {
  command = plan

  variables {
    settings = { PSOXY_SALT = "no" }
  }

  expect_failures = [var.settings]
}

run "a_secret_among_a_connectors_settings" {
  command = plan

  variables {
    connectors = { zoom = { settings = { CLIENT_SECRET = "no" } } }
  }

  expect_failures = [var.connectors]
}

run "a_setting_of_the_module" {
  command = plan

  variables {
    settings = { VIZARD_RULES_SHA256 = "no" }
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

run "another_place_of_google" {
  command = plan

  variables {
    settings = { VIZARD_GOOGLE_ENDPOINT = "http://127.0.0.1:1" }
  }

  expect_failures = [var.settings]
}

run "a_setting_under_the_name_of_a_connector" {
  command = plan

  variables {
    settings = { ZOOM__USER_AGENT = "no" }
  }

  expect_failures = [var.settings]
}

run "a_secret_of_ones_own_among_the_settings" {
  command = plan

  variables {
    connectors = { zoom = { secrets = { BADGE_PIN = "its pin" } } }
    settings   = { BADGE_PIN = "no" }
  }

  expect_failures = [var.settings]
}

run "a_name_that_is_no_setting" {
  command = plan

  variables {
    settings = { lower = "no" }
  }

  expect_failures = [var.settings]
}

run "rules_that_are_not_there" {
  command = plan

  variables {
    connectors = { zoom = { rules_file = "none.yaml" } }
  }

  expect_failures = [var.connectors]
}

run "rules_with_another_hash" {
  command = plan

  variables {
    connectors = { zoom = { rules_file = "versions.tf", rules_sha256 = "e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366" } }
  }

  expect_failures = [var.connectors]
}

run "a_hash_that_is_none" {
  command = plan

  variables {
    connectors = { zoom = { rules_sha256 = "E0F4" } }
  }

  expect_failures = [var.connectors]
}

run "a_source_without_rules" {
  command = plan

  variables {
    connectors = { badges = { secrets = {} } }
  }

  expect_failures = [var.connectors]
}

run "a_source_without_secrets" {
  command = plan

  variables {
    connectors = { badges = { rules_file = "versions.tf" } }
  }

  expect_failures = [var.connectors]
}

run "a_connector_among_what_is_shared" {
  command = plan

  variables {
    connectors = { shared = { source = "zoom" } }
  }

  expect_failures = [var.connectors]
}

run "no_connector" {
  command = plan

  variables {
    connectors = {}
  }

  expect_failures = [var.connectors]
}

run "two_connectors" {
  command = plan

  variables {
    connectors = { zoom = {}, more = { source = "zoom" } }
  }

  expect_failures = [var.connectors]
}

run "a_name_in_capitals" {
  command = plan

  variables {
    name = "Vizard"
  }

  expect_failures = [var.name]
}

run "a_name_with_an_underscore" {
  command = plan

  variables {
    name = "vizard_zoom"
  }

  expect_failures = [var.name]
}

run "a_name_that_google_keeps" {
  command = plan

  variables {
    name = "google-vizard"
  }

  expect_failures = [var.name]
}

run "another_endpoint" {
  command = plan

  variables {
    endpoint = "public"
  }

  expect_failures = [var.endpoint]
}

run "more_time_than_pubsub_gives" {
  command = plan

  variables {
    limits = { timeout_seconds = 900 }
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

run "half_a_processor" {
  command = plan

  variables {
    limits = { cpu = 0.5 }
  }

  expect_failures = [var.limits]
}

run "logs_forever" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "a_shared_prefix_with_a_slash" {
  command = plan

  variables {
    secrets = { shared_prefix = "/shared/" }
  }

  expect_failures = [var.secrets]
}

run "what_is_shared_without_a_salt" {
  command = plan

  variables {
    secrets = { shared_prefix = "shared_", shared_names = ["SALT_IP"] }
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

run "a_side_output_to_all_of_a_bucket_name" {
  command = plan

  variables {
    side_outputs = { original = "gs://lake/*" }
  }

  expect_failures = [var.side_outputs]
}

run "both_side_outputs_in_one_place" {
  command = plan

  variables {
    side_outputs = { original = "gs://lake/zoom", sanitized = "gs://lake/zoom" }
  }

  expect_failures = [var.side_outputs]
}

run "a_label_in_capitals" {
  command = plan

  variables {
    labels = { Application = "vizard" }
  }

  expect_failures = [var.labels]
}
