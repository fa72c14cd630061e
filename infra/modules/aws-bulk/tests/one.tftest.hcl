# Everything as it comes. Any file does as a package: Terraform only takes its hash.

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
    defaults = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/vizard-files" }
  }
  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:111122223333:vizard-files-files-failed" }
  }
  mock_resource "aws_lambda_alias" {
    defaults = { arn = "arn:aws:lambda:eu-central-1:111122223333:function:vizard-files:live" }
  }
}

# The salt must not be destroyed, and mocked things are destroyed after a test: it is not made here.
variables {
  name    = "vizard-files"
  rules   = { file = "../../examples/aws-bulk/people.yaml" }
  package = { file = "versions.tf" }
  secrets = { shared_path = "/shared/config/" }
}

run "tells_the_function_its_rules_and_where_to_write" {
  command = plan

  assert {
    condition = output.environment == tomap({
      RULES                   = base64gzip(file("../../examples/aws-bulk/people.yaml"))
      VIZARD_RULES_SHA256     = filesha256("../../examples/aws-bulk/people.yaml")
      INPUT_BUCKET            = "vizard-files-input-111122223333-eu-central-1"
      OUTPUT_BUCKET           = "vizard-files-output-111122223333-eu-central-1"
      PATH_TO_INSTANCE_CONFIG = "/vizard-files/config/"
      PATH_TO_SHARED_CONFIG   = "/shared/config/"
      SECRETS_STORE           = "AWS_SSM_PARAMETER_STORE"
    })
    error_message = "the environment is another: ${jsonencode(output.environment)}"
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables == output.environment
    error_message = "the function is told something else than the output says"
  }

  assert {
    condition = (
      aws_lambda_function.this.timeout == 900 && aws_lambda_function.this.memory_size == 1024
      && aws_lambda_function.this.ephemeral_storage[0].size == 512 && aws_lambda_function.this.architectures == tolist(["arm64"])
    )
    error_message = "the function has other limits"
  }
}

run "makes_closed_buckets_whose_files_expire" {
  command = plan

  assert {
    condition = { for key, it in aws_s3_bucket.made : key => it.bucket } == {
      input  = "vizard-files-input-111122223333-eu-central-1"
      output = "vizard-files-output-111122223333-eu-central-1"
    }
    error_message = "other buckets are made: ${jsonencode(output.buckets)}"
  }

  assert {
    condition = (
      keys(aws_s3_bucket_public_access_block.made) == ["input", "output"]
      && alltrue([for it in values(aws_s3_bucket_public_access_block.made) : it.block_public_acls && it.block_public_policy && it.ignore_public_acls && it.restrict_public_buckets])
      && keys(aws_s3_bucket_policy.made) == ["input", "output"]
      && keys(aws_s3_bucket_server_side_encryption_configuration.made) == ["input", "output"]
    )
    error_message = "a bucket is open"
  }

  assert {
    condition     = { for key, it in aws_s3_bucket_lifecycle_configuration.made : key => it.rule[0].expiration[0].days } == { input = 30, output = 720 }
    error_message = "files are kept for another time"
  }

  assert {
    condition     = alltrue([for it in values(aws_s3_bucket_lifecycle_configuration.made) : it.rule[0].abort_incomplete_multipart_upload[0].days_after_initiation == 1])
    error_message = "parts of outputs that were given up stay"
  }

  assert {
    condition     = length(aws_s3_bucket_versioning.made) == 0
    error_message = "files that were replaced are kept, and nobody asked for it"
  }
}

run "the_input_of_this_account_starts_the_function" {
  command = apply

  assert {
    condition = (
      aws_lambda_permission.input.principal == "s3.amazonaws.com" && aws_lambda_permission.input.source_account == "111122223333"
      && aws_lambda_permission.input.source_arn == "arn:aws:s3:::vizard-files-input-111122223333-eu-central-1"
    )
    error_message = "others start the function: ${aws_lambda_permission.input.source_arn}"
  }

  assert {
    condition = [for it in aws_s3_bucket_notification.input[0].lambda_function : "${it.lambda_function_arn} ${join(" ", it.events)}"] == [
      "${output.live_arn} s3:ObjectCreated:*"
    ]
    error_message = "the input tells of something else"
  }

  assert {
    condition = (
      aws_lambda_function_event_invoke_config.live.maximum_retry_attempts == 2
      && aws_lambda_function_event_invoke_config.live.maximum_event_age_in_seconds == 21600
      && aws_lambda_function_event_invoke_config.live.destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-central-1:111122223333:vizard-files-files-failed"
    )
    error_message = "a file that failed is forgotten"
  }
}

run "the_function_reads_the_input_and_writes_the_output" {
  command = apply

  assert {
    condition = jsondecode(aws_iam_role_policy.function.policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "WriteItsLog", Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = ["arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/vizard-files:*"]
        },
        {
          Sid = "ReadParameters", Effect = "Allow", Action = ["ssm:GetParameter", "ssm:GetParameters"]
          Resource = [
            "arn:aws:ssm:eu-central-1:111122223333:parameter/vizard-files/config/*",
            "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/config/*",
          ]
        },
        {
          Sid       = "ReadFiles", Effect = "Allow", Action = ["s3:GetObject"]
          Resource  = ["arn:aws:s3:::vizard-files-input-111122223333-eu-central-1/*"]
          Condition = { StringEquals = { "aws:ResourceAccount" = "111122223333" } }
        },
        {
          Sid       = "WriteFiles", Effect = "Allow", Action = ["s3:PutObject", "s3:AbortMultipartUpload"]
          Resource  = ["arn:aws:s3:::vizard-files-output-111122223333-eu-central-1/*"]
          Condition = { StringEquals = { "aws:ResourceAccount" = "111122223333" } }
        },
        {
          Sid       = "SeeWhatIsDone", Effect = "Allow", Action = ["s3:GetObject"]
          Resource  = ["arn:aws:s3:::vizard-files-output-111122223333-eu-central-1/*"]
          Condition = { StringEquals = { "aws:ResourceAccount" = "111122223333" } }
        },
        {
          Sid      = "TellOfFailedFiles", Effect = "Allow", Action = ["sqs:SendMessage"]
          Resource = ["arn:aws:sqs:eu-central-1:111122223333:vizard-files-files-failed"]
        },
      ]
    }
    error_message = "the function may do something else: ${aws_iam_role_policy.function.policy}"
  }

  assert {
    condition = jsondecode(aws_iam_role.function.assume_role_policy).Statement == [{
      Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" }
    }]
    error_message = "the function's role is taken on by others, or not by Lambda: ${aws_iam_role.function.assume_role_policy}"
  }

  assert {
    condition     = [for it in jsondecode(output.reader_policy_json).Statement : it.Action] == [["s3:GetObject"], ["s3:ListBucket"]]
    error_message = "readers may do something else: ${output.reader_policy_json}"
  }

  assert {
    condition = output.alarm_names == tolist([
      "vizard-files-failed-starts", "vizard-files-files-failed", "vizard-files-files-given-up", "vizard-files-files-slow",
      "vizard-files-files-waiting",
    ])
    error_message = "other alarms: ${jsonencode(output.alarm_names)}"
  }

  assert {
    condition     = length(output.secret_names) == 0 && output.commands == ["AWS_REGION=eu-central-1 vizard secrets check --target aws --env-file environment.json"]
    error_message = "secrets are made that another path has: ${jsonencode(output.commands)}"
  }
}
