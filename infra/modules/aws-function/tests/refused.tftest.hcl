# What must not get as far as a plan.

mock_provider "aws" {}

variables {
  name       = "vizard"
  connectors = { zoom = {} }
  package    = { file = "versions.tf" }
  callers    = { principals = ["arn:aws:iam::444455556666:root"] }
}

run "callers_unknown" {
  command = plan

  variables {
    callers = { principals = ["*"] }
  }

  expect_failures = [var.callers]
}

run "callers_by_wildcard" {
  command = plan

  variables {
    callers = { principals = ["arn:aws:iam::444455556666:role/*"] }
  }

  expect_failures = [var.callers]
}

run "callers_of_any_account" {
  command = plan

  variables {
    callers = { principals = ["arn:aws:iam::*:root"] }
  }

  expect_failures = [var.callers]
}

run "nobody_to_call" {
  command = plan

  variables {
    callers = {}
  }

  expect_failures = [var.callers]
}

run "a_google_account_by_its_address" {
  command = plan

  variables {
    callers = { google = { subjects = ["nora@lumen-orchard.example"], audience = "vizard" } }
  }

  expect_failures = [var.callers]
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

run "a_secret_under_the_name_of_a_connector" {
  command = plan

  variables {
    settings = { ZOOM__CLIENT_SECRET = "no" }
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

run "a_secret_of_another_connector_among_a_connectors_settings" {
  command = plan

  variables {
    connectors = { zoom = { settings = { BADGES__CLIENT_SECRET = "no" } } }
  }

  expect_failures = [var.connectors]
}

run "a_secret_of_ones_own_among_the_settings" {
  command = plan

  variables {
    connectors = { zoom = { secrets = { BADGE_PIN = "its pin" } } }
    settings   = { BADGE_PIN = "no" }
  }

  expect_failures = [var.settings]
}

run "a_secret_of_ones_own_among_a_connectors_settings" {
  command = plan

  variables {
    connectors = { zoom = { secrets = { BADGE_PIN = "its pin" }, settings = { BADGE_PIN = "no" } } }
  }

  expect_failures = [var.connectors]
}

run "an_id_whose_prefix_is_not_its_own" {
  command = plan

  variables {
    connectors = { zoom--more = { source = "zoom" } }
  }

  expect_failures = [var.connectors]
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

run "a_connector_in_the_shared_path" {
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

run "a_package_that_is_not_there" {
  command = plan

  variables {
    package = { file = "none.zip" }
  }

  expect_failures = [var.package]
}

run "an_object_without_version" {
  command = plan

  variables {
    package = { s3_bucket = "releases", s3_key = "vizard.zip" }
  }

  expect_failures = [var.package]
}

run "two_packages" {
  command = plan

  variables {
    package = { file = "versions.tf", s3_bucket = "releases", s3_key = "k", s3_object_version = "1" }
  }

  expect_failures = [var.package]
}

run "a_name_in_capitals" {
  command = plan

  variables {
    name = "Vizard"
  }

  expect_failures = [var.name]
}

run "a_name_that_aws_keeps" {
  command = plan

  variables {
    name = "aws-vizard"
  }

  expect_failures = [var.name]
}

run "another_architecture" {
  command = plan

  variables {
    architecture = "riscv"
  }

  expect_failures = [var.architecture]
}

run "another_endpoint" {
  command = plan

  variables {
    endpoint = "public"
  }

  expect_failures = [var.endpoint]
}

run "more_time_than_the_api_gives" {
  command = plan

  variables {
    endpoint = "http_api"
    limits   = { timeout_seconds = 60 }
  }

  expect_failures = [var.limits]
}

run "a_function_switched_off" {
  command = plan

  variables {
    limits = { reserved_concurrency = 0 }
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

run "a_store_that_is_none" {
  command = plan

  variables {
    secrets = { store = "HASHICORP_VAULT" }
  }

  expect_failures = [var.secrets]
}

run "a_shared_path_without_slash" {
  command = plan

  variables {
    secrets = { shared_path = "shared" }
  }

  expect_failures = [var.secrets]
}

run "an_alias_of_a_key" {
  command = plan

  variables {
    kms_key_arn = "alias/vizard"
  }

  expect_failures = [var.kms_key_arn]
}

run "a_side_output_to_all_of_a_bucket_name" {
  command = plan

  variables {
    side_outputs = { original = "s3://lake/*" }
  }

  expect_failures = [var.side_outputs]
}

run "both_side_outputs_in_one_place" {
  command = plan

  variables {
    side_outputs = { original = "s3://lake/zoom", sanitized = "s3://lake/zoom" }
  }

  expect_failures = [var.side_outputs]
}

run "side_outputs_to_an_account_that_is_none" {
  command = plan

  variables {
    side_outputs = { original = "s3://lake/zoom", account_id = "*" }
  }

  expect_failures = [var.side_outputs]
}
