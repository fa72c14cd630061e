# The example as it stands. Any file does as a package.

mock_provider "aws" {}

variables {
  region       = "eu-central-1"
  package_file = "main.tf"
}

run "makes_three_buckets_and_asks_for_a_salt" {
  command = plan

  assert {
    condition     = keys(output.buckets) == ["input", "output", "teams"] && length(output.commands) == 2
    error_message = "the example makes something else: ${jsonencode(output.buckets)}"
  }
}

run "takes_the_salt_of_the_api_functions" {
  command = plan

  variables {
    shared_path = "/vizard/shared/config/"
  }

  assert {
    condition     = output.environment.PATH_TO_SHARED_CONFIG == "/vizard/shared/config/" && length(output.commands) == 1
    error_message = "the salt is another: ${jsonencode(output.commands)}"
  }
}
