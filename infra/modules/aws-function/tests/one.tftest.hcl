# One connector, everything as it comes. Any file does as a package: Terraform only takes its hash.

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
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/vizard" }
  }
  mock_resource "aws_lambda_function_url" {
    defaults = { function_url = "https://abc.lambda-url.eu-central-1.on.aws/" }
  }
}

variables {
  name       = "vizard"
  connectors = { zoom = {} }
  package    = { file = "versions.tf" }
  callers    = { principals = ["arn:aws:iam::444455556666:role/analytics"], external_id = "lumen-orchard" }
}

run "sets_plain_names_for_one_connector" {
  command = plan

  assert {
    condition = output.environment == tomap({
      SOURCE                  = "zoom"
      PATH_TO_INSTANCE_CONFIG = "/vizard/zoom/config/"
      PATH_TO_SHARED_CONFIG   = "/vizard/shared/config/"
      VIZARD_STATE_PATH       = "/vizard/zoom/state/"
      VIZARD_RULES_SHA256     = local.shipped_rules_sha256.zoom
      SECRETS_STORE           = "AWS_SSM_PARAMETER_STORE"
      REQUEST_TIMEOUT_SECONDS = "180"
    })
    error_message = "the environment is another: ${jsonencode(output.environment)}"
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == output.environment
    error_message = "the function is told something else than the output says"
  }

  assert {
    condition = output.secret_names == tolist([
      "/vizard/shared/config/PSOXY_ENCRYPTION_KEY", "/vizard/shared/config/PSOXY_SALT",
      "/vizard/zoom/config/ACCOUNT_ID", "/vizard/zoom/config/CLIENT_ID", "/vizard/zoom/config/CLIENT_SECRET",
    ])
    error_message = "the secrets are others: ${jsonencode(output.secret_names)}"
  }
}

run "calls_are_signed_and_logs_end" {
  command = plan

  assert {
    condition     = aws_lambda_function_url.this[0].authorization_type == "AWS_IAM" && length(aws_apigatewayv2_api.this) == 0
    error_message = "the URL takes calls that are not signed"
  }

  assert {
    condition     = aws_cloudwatch_log_group.function.retention_in_days == 90
    error_message = "the log's retention is not the default"
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.calls) == 0 && length(aws_s3_bucket.rules) == 0
    error_message = "something was made that nobody asked for"
  }
}

run "the_function_writes_nothing_but_state" {
  command = apply

  # The salt must not be destroyed, and mocked things are destroyed after a test: it is not made here.
  variables {
    secrets = { shared_path = "/shared/config/" }
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.function.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "WriteItsLog", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/vizard:*"]
        },
        {
          Sid = "ReadParameters", Effect = "Allow", Action = ["ssm:GetParameter", "ssm:GetParameters"]
          Resource = [
            "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/config/*",
            "arn:aws:ssm:eu-central-1:111122223333:parameter/vizard/zoom/config/*",
            "arn:aws:ssm:eu-central-1:111122223333:parameter/vizard/zoom/state/*",
          ]
        },
        {
          Sid      = "WriteState", Effect = "Allow", Action = ["ssm:PutParameter", "ssm:DeleteParameter"]
          Resource = ["arn:aws:ssm:eu-central-1:111122223333:parameter/vizard/zoom/state/*"]
        },
      ]
    }
    error_message = "the function may do something else: ${aws_iam_role_policy.function.policy}"
  }

  # A condition that Lambda does not meet would keep the function from starting.
  assert {
    condition = jsondecode(aws_iam_role.function.assume_role_policy).Statement == [{
      Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" }
    }]
    error_message = "the function's role is taken on by others, or not by Lambda: ${aws_iam_role.function.assume_role_policy}"
  }

  assert {
    condition = jsondecode(aws_iam_role.caller.assume_role_policy).Statement == [{
      Sid       = "Principals", Effect = "Allow", Action = "sts:AssumeRole"
      Principal = { AWS = ["arn:aws:iam::444455556666:role/analytics"] }
      Condition = { StringEquals = { "sts:ExternalId" = "lumen-orchard" } }
    }]
    error_message = "others may call: ${aws_iam_role.caller.assume_role_policy}"
  }

  assert {
    condition = [for it in jsondecode(output.caller_policy_json).Statement : it.Action] == [
      ["lambda:InvokeFunctionUrl"], ["lambda:InvokeFunction"],
    ]
    error_message = "callers may do something else: ${output.caller_policy_json}"
  }

  assert {
    condition     = output.url == "https://abc.lambda-url.eu-central-1.on.aws"
    error_message = "the URL ends in a slash"
  }

  assert {
    condition = output.commands == [
      "AWS_REGION=eu-central-1 vizard secrets set --target aws --env-file environment.json",
      "AWS_REGION=eu-central-1 vizard doctor --target aws --env-file environment.json",
    ]
    error_message = "the commands are others: ${jsonencode(output.commands)}"
  }
}
