# Several connectors and every option, two of them with rules of their own.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
}

variables {
  name = "vizard"
  connectors = {
    zoom = { settings = { USER_AGENT = "lumen" } }
    badge-doors = {
      rules_file = "../../examples/aws-several/badges.yaml"
      settings   = { TARGET_HOST = "api.badges.lumen-orchard.example" }
      secrets    = { CLIENT_SECRET = "secret of the badge system", REFRESH_TOKEN = "its first refresh token" }
    }
    # The shipped rules as somebody's own.
    copied = { source = "zoom", rules_file = "../../../rules/zoom/rules.yaml" }
  }
  package      = { s3_bucket = "releases", s3_key = "vizard.zip", s3_object_version = "3" }
  callers      = { google = { subjects = ["104936612345678901234"], audience = "vizard" } }
  settings     = { EMAIL_DOMAIN_HANDLING = "REDACT" }
  async        = { enabled = true, expire_days = 3 }
  side_outputs = { sanitized = "s3://lumen-lake/zoom" }
  kms_key_arn  = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  secrets      = { store = "AWS_SECRETS_MANAGER", shared_path = "/shared/config/" }
  limits       = { provisioned_concurrency = 2, timeout_seconds = 60 }
}

run "prefixes_the_names_of_several_connectors" {
  command = plan

  assert {
    condition = { for name, value in local.environment : name => value if !startswith(name, "ASYNC_") } == {
      VIZARD_CONNECTORS                    = "badge-doors,copied,zoom"
      PATH_TO_SHARED_CONFIG                = "/shared/config/"
      SECRETS_STORE                        = "AWS_SECRETS_MANAGER"
      VIZARD_KMS_KEY_ID                    = var.kms_key_arn
      REQUEST_TIMEOUT_SECONDS              = "60"
      EMAIL_DOMAIN_HANDLING                = "REDACT"
      SIDE_OUTPUT_SANITIZED                = "s3://lumen-lake/zoom"
      ZOOM__SOURCE                         = "zoom"
      ZOOM__USER_AGENT                     = "lumen"
      ZOOM__PATH_TO_INSTANCE_CONFIG        = "/vizard/zoom/config/"
      ZOOM__VIZARD_STATE_PATH              = "/vizard/zoom/state/"
      ZOOM__VIZARD_RULES_SHA256            = local.shipped_rules_sha256.zoom
      BADGE_DOORS__SOURCE                  = "badge-doors"
      BADGE_DOORS__TARGET_HOST             = "api.badges.lumen-orchard.example"
      BADGE_DOORS__PATH_TO_INSTANCE_CONFIG = "/vizard/badge-doors/config/"
      BADGE_DOORS__VIZARD_STATE_PATH       = "/vizard/badge-doors/state/"
      BADGE_DOORS__VIZARD_RULES_SHA256     = filesha256("../../examples/aws-several/badges.yaml")
      BADGE_DOORS__REMOTE_RESOURCE_BUCKET  = "vizard-rules-111122223333-eu-central-1"
      BADGE_DOORS__INSTANCE_RESOURCE_PATH  = "badge-doors/${filesha256("../../examples/aws-several/badges.yaml")}/"
      COPIED__SOURCE                       = "zoom"
      COPIED__PATH_TO_INSTANCE_CONFIG      = "/vizard/copied/config/"
      COPIED__VIZARD_STATE_PATH            = "/vizard/copied/state/"
      COPIED__VIZARD_RULES_SHA256          = local.shipped_rules_sha256.zoom
      COPIED__REMOTE_RESOURCE_BUCKET       = "vizard-rules-111122223333-eu-central-1"
      COPIED__INSTANCE_RESOURCE_PATH       = "copied/${local.shipped_rules_sha256.zoom}/"
    }
    error_message = "the environment is another: ${jsonencode(local.environment)}"
  }

  # Each version of the function finds its own rules: where they stand is as frozen in its environment as their hash.
  assert {
    condition = { for id, it in aws_s3_object.rules : id => "${it.source}: ${it.key}" } == {
      badge-doors = "../../examples/aws-several/badges.yaml: ${local.environment.BADGE_DOORS__INSTANCE_RESOURCE_PATH}rules.yaml"
      copied      = "../../../rules/zoom/rules.yaml: ${local.environment.COPIED__INSTANCE_RESOURCE_PATH}rules.yaml"
    }
    error_message = "rules do not stand where the function looks for them"
  }

  # One that the function replaces stands where the function writes.
  assert {
    condition = [for name in output.secret_names : name if strcontains(name, "badge-doors")] == [
      "/vizard/badge-doors/config/CLIENT_SECRET", "/vizard/badge-doors/state/REFRESH_TOKEN",
    ]
    error_message = "the secrets are others: ${jsonencode(output.secret_names)}"
  }

  assert {
    condition     = endswith(output.commands[0], "secrets set --target aws --env-file environment.json --connector badge-doors")
    error_message = "the command names no connector: ${output.commands[0]}"
  }

  assert {
    condition     = aws_lambda_provisioned_concurrency_config.live[0].provisioned_concurrent_executions == 2
    error_message = "nothing is kept started"
  }
}

run "answers_later" {
  command = apply

  assert {
    condition     = output.environment.ASYNC_OUTPUT_DESTINATION == "s3://vizard-results-111122223333-eu-central-1" && output.results == output.environment.ASYNC_OUTPUT_DESTINATION
    error_message = "results go elsewhere: ${output.environment.ASYNC_OUTPUT_DESTINATION}"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.calls[0].batch_size == 4 && aws_lambda_event_source_mapping.calls[0].function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "a failed call takes its batch with it"
  }

  assert {
    condition = [for it in jsondecode(aws_iam_role_policy.function.policy).Statement : it.Sid] == [
      "WriteItsLog", "ReadParameters", "WriteState", "ReadSecrets", "ReadSecretsAtOnce", "WriteSecretState", "ReadRules",
      "QueueCalls", "WriteResults", "WriteSideOutputs", "UseKey",
    ]
    error_message = "the function may do something else: ${aws_iam_role_policy.function.policy}"
  }

  # Of the timeout and what comes before the function begins.
  assert {
    condition     = module.async[0].visibility_seconds == 125
    error_message = "messages are invisible for ${module.async[0].visibility_seconds} seconds"
  }

  # The version that an apply replaces reads the rules before.
  assert {
    condition = one([for it in jsondecode(aws_iam_role_policy.function.policy).Statement : [for arn in it.Resource : replace(arn, "/^[^/]*/", "")] if it.Sid == "ReadRules"]) == [
      "/badge-doors/*/rules.yaml", "/copied/*/rules.yaml",
    ]
    error_message = "the function reads other rules: ${aws_iam_role_policy.function.policy}"
  }

  assert {
    condition = one([for it in jsondecode(aws_iam_role_policy.function.policy).Statement : it if it.Sid == "WriteSideOutputs"]) == {
      Sid       = "WriteSideOutputs", Effect = "Allow", Action = ["s3:PutObject"]
      Resource  = ["arn:aws:s3:::lumen-lake/zoom/*"]
      Condition = { StringEquals = { "aws:ResourceAccount" = "111122223333" } }
    }
    error_message = "side outputs go to others: ${aws_iam_role_policy.function.policy}"
  }

  assert {
    condition     = contains(output.alarm_names, "vizard-calls-failed") && output.dashboard_name == "vizard"
    error_message = "nobody looks at calls that failed"
  }
}

run "writes_side_outputs_to_the_account_that_was_named" {
  command = apply

  variables {
    side_outputs = { original = "s3://lumen-lake/zoom", account_id = "777788889999" }
  }

  assert {
    condition = one([for it in jsondecode(aws_iam_role_policy.function.policy).Statement : it.Condition if it.Sid == "WriteSideOutputs"]) == {
      StringEquals = { "aws:ResourceAccount" = "777788889999" }
    }
    error_message = "side outputs go to others: ${aws_iam_role_policy.function.policy}"
  }
}
