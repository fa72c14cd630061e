# An API Gateway in front.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
  mock_resource "aws_apigatewayv2_api" {
    defaults = { api_endpoint = "https://abc.execute-api.eu-central-1.amazonaws.com", execution_arn = "arn:aws:execute-api:eu-central-1:111122223333:abc" }
  }
}

variables {
  name       = "vizard"
  connectors = { zoom = {} }
  package    = { file = "versions.tf" }
  callers    = { principals = ["arn:aws:iam::444455556666:root"] }
  endpoint   = "http_api"
  secrets    = { shared_path = "/shared/config/" }
  alarms     = { enabled = false }
}

run "takes_signed_calls_only_and_answers_within_the_apis_time" {
  command = apply

  assert {
    condition     = aws_apigatewayv2_route.this[0].authorization_type == "AWS_IAM" && length(aws_lambda_function_url.this) == 0
    error_message = "the API takes calls that are not signed"
  }

  assert {
    condition     = output.environment.REQUEST_TIMEOUT_SECONDS == "30" && aws_lambda_function.this.timeout == 30
    error_message = "the API gives up before the function"
  }

  assert {
    condition = [for it in jsondecode(output.caller_policy_json).Statement : { (it.Action[0]) = it.Resource }] == [
      { "execute-api:Invoke" = ["arn:aws:execute-api:eu-central-1:111122223333:abc/*"] },
    ]
    error_message = "callers may do something else: ${output.caller_policy_json}"
  }

  assert {
    condition     = output.dashboard_name == null && length(output.alarm_names) == 0
    error_message = "there are alarms"
  }
}

# Who asks for an answer later does not wait for the API.
run "has_its_time_for_answers_that_come_later" {
  command = plan

  variables {
    async = { enabled = true }
  }

  assert {
    condition     = local.environment.REQUEST_TIMEOUT_SECONDS == "180" && aws_lambda_function.this.timeout == 180
    error_message = "calls that are answered later have only the time of the API"
  }
}

run "takes_a_longer_time_with_answers_that_come_later" {
  command = plan

  variables {
    async  = { enabled = true }
    limits = { timeout_seconds = 600 }
  }

  assert {
    condition     = aws_lambda_function.this.timeout == 600
    error_message = "the time is another"
  }
}
