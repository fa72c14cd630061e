# The same description as one function and as one each.

mock_provider "aws" {}

variables {
  region       = "eu-central-1"
  callers      = ["arn:aws:iam::444455556666:role/analytics"]
  package_file = "main.tf"
}

run "together" {
  command = plan

  assert {
    condition     = keys(module.vizard) == ["all"] && local.functions.all == local.connectors
    error_message = "it is not one function: ${jsonencode(keys(module.vizard))}"
  }

  assert {
    condition     = alltrue([for line in output.commands : can(regex("--connector (zoom|badges)$", line))]) && length(output.commands) == 4
    error_message = "the commands do not fit the file: ${jsonencode(output.commands)}"
  }
}

run "one_each" {
  command = plan

  variables {
    together = false
  }

  assert {
    condition = { for name, it in module.vizard : name => it.rules_sha256 } == {
      badges = { badges = filesha256("badges.yaml") }
      zoom   = { zoom = module.vizard["zoom"].rules_sha256.zoom }
    }
    error_message = "it is not one function each: ${jsonencode(keys(module.vizard))}"
  }

  assert {
    condition     = keys(output.environment) == ["badges", "zoom"] && alltrue([for line in output.commands : can(regex("--connector (zoom|badges)$", line))])
    error_message = "the commands do not fit the file: ${jsonencode(output.commands)}"
  }

  # The salt is the same in both shapes and for all.
  assert {
    condition     = length([for name in output.secret_names : name if endswith(name, "PSOXY_SALT")]) == 1
    error_message = "a function has a salt of its own: ${jsonencode(output.secret_names)}"
  }
}
