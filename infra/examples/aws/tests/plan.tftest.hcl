# The example as it stands. Any file does as a package.

mock_provider "aws" {}

variables {
  region       = "eu-central-1"
  callers      = ["arn:aws:iam::444455556666:role/analytics"]
  package_file = "main.tf"
}

run "asks_for_five_secrets" {
  command = plan

  assert {
    condition     = length(output.secret_names) == 5 && output.environment.SOURCE == "zoom"
    error_message = "the example sets something else: ${jsonencode(output.secret_names)}"
  }
}
