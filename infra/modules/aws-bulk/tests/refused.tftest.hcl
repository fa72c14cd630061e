# What must not get as far as a plan.

mock_provider "aws" {}

variables {
  name    = "vizard-files"
  rules   = { file = "../../examples/aws-bulk/people.yaml" }
  package = { file = "versions.tf" }
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

run "a_hash_that_is_none" {
  command = plan

  variables {
    rules = { file = "versions.tf", sha256 = "E0F4" }
  }

  expect_failures = [var.rules]
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
    name = "aws-files"
  }

  expect_failures = [var.name]
}

run "an_input_by_its_address" {
  command = plan

  variables {
    input = { bucket = "s3://lumen-deliveries" }
  }

  expect_failures = [var.input]
}

run "an_input_by_wildcard" {
  command = plan

  variables {
    input = { bucket = "lumen-*" }
  }

  expect_failures = [var.input]
}

run "a_prefix_that_is_a_wildcard" {
  command = plan

  variables {
    input = { prefix = "people/*" }
  }

  expect_failures = [var.input]
}

run "a_suffix_within_another" {
  command = plan

  variables {
    input = { suffixes = [".gz", ".csv.gz"] }
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

run "an_output_below_a_wildcard" {
  command = plan

  variables {
    output = { base_path = "*" }
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
    lookup_tables = { teams = { bucket = "lumen-lake", rules_file = "../../examples/aws-bulk/teams.yaml" } }
  }

  expect_failures = [var.lookup_tables]
}

run "two_lookup_tables_in_one_place" {
  command = plan

  variables {
    lookup_tables = {
      one = { bucket = "lumen-teams", rules_file = "../../examples/aws-bulk/teams.yaml" }
      two = { bucket = "lumen-teams", rules_file = "../../examples/aws-bulk/people.yaml" }
    }
  }

  expect_failures = [var.lookup_tables]
}

run "a_lookup_table_called_output" {
  command = plan

  variables {
    lookup_tables = { output = { rules_file = "../../examples/aws-bulk/teams.yaml" } }
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

run "another_architecture" {
  command = plan

  variables {
    architecture = "riscv"
  }

  expect_failures = [var.architecture]
}

run "more_time_than_lambda_gives" {
  command = plan

  variables {
    limits = { timeout_seconds = 1200 }
  }

  expect_failures = [var.limits]
}

run "too_little_memory" {
  command = plan

  variables {
    limits = { memory_mb = 128 }
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

run "three_retries" {
  command = plan

  variables {
    limits = { retries = 3 }
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

run "another_policy_for_rows" {
  command = plan

  variables {
    settings = { VIZARD_BULK_BAD_ROWS = "quarantine" }
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
    alarms = { waiting_minutes = 360 }
  }

  expect_failures = [var.alarms]
}

# One that a variable cannot see: the text that the files become.
run "a_lookup_table_whose_rules_are_two_documents" {
  command = plan

  variables {
    lookup_tables = { teams = { rules_file = "tests/two.yaml" } }
  }

  expect_failures = [aws_lambda_function.this]
}
