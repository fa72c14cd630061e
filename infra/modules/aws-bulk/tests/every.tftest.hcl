# Every option: given buckets and made ones, a prefix, suffixes, a lookup table, a key, a salt of its own.

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
  name       = "vizard-files"
  rules      = { file = "../../examples/aws-bulk/people.yaml" }
  package    = { s3_bucket = "releases", s3_key = "vizard-bulk.zip", s3_object_version = "3" }
  input      = { bucket = "lumen-deliveries", prefix = "people/", suffixes = [".csv", ".parquet"], base_path = "people/" }
  output     = { base_path = "clean/", expire_days = 90, versioned = true }
  quarantine = { enabled = true, expire_days = 7 }
  lookup_tables = {
    teams = { rules_file = "../../examples/aws-bulk/teams.yaml", path = "teams/", compress_output = false }
  }
  settings    = { VIZARD_BULK_KEEP_ORDER = "true" }
  secrets     = { store = "AWS_SECRETS_MANAGER", shared_path = "/shared/config/" }
  kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  limits      = { memory_mb = 2048, timeout_seconds = 600, storage_mb = 4096, reserved_concurrency = 3, retries = 1 }
}

run "tells_the_function_of_all_of_it" {
  command = plan

  assert {
    condition = { for name, value in output.environment : name => value if !contains(["RULES", "ADDITIONAL_TRANSFORMS"], name) } == {
      VIZARD_RULES_SHA256           = filesha256("../../examples/aws-bulk/people.yaml")
      INPUT_BUCKET                  = "lumen-deliveries"
      OUTPUT_BUCKET                 = "vizard-files-output-111122223333-eu-central-1"
      INPUT_BASE_PATH               = "people/"
      OUTPUT_BASE_PATH              = "clean/"
      VIZARD_BULK_BAD_ROWS          = "quarantine"
      VIZARD_BULK_QUARANTINE_BUCKET = "vizard-files-quarantine-111122223333-eu-central-1"
      VIZARD_BULK_KEEP_ORDER        = "true"
      PATH_TO_INSTANCE_CONFIG       = "/vizard-files/config/"
      PATH_TO_SHARED_CONFIG         = "/shared/config/"
      SECRETS_STORE                 = "AWS_SECRETS_MANAGER"
    }
    error_message = "the environment is another: ${jsonencode(output.environment)}"
  }

  # What the file says, as it says it.
  assert {
    condition = yamldecode(output.environment.ADDITIONAL_TRANSFORMS) == [{
      destinationBucketName = "vizard-files-teams-111122223333-eu-central-1"
      pathWithinBucket      = "teams/"
      compressOutput        = false
      rules                 = yamldecode(file("../../examples/aws-bulk/teams.yaml"))
    }]
    error_message = "the lookup table is another: ${output.environment.ADDITIONAL_TRANSFORMS}"
  }

  assert {
    condition     = keys(aws_s3_bucket.made) == ["output", "quarantine", "teams"] && keys(aws_s3_bucket_versioning.made) == ["output"]
    error_message = "other buckets are made: ${jsonencode(keys(aws_s3_bucket.made))}"
  }

  assert {
    condition     = { for key, it in aws_s3_bucket_lifecycle_configuration.made : key => it.rule[0].expiration[0].days } == { output = 90, quarantine = 7, teams = 720 }
    error_message = "files are kept for another time"
  }

  assert {
    condition = (
      aws_lambda_function.this.reserved_concurrent_executions == 3 && aws_lambda_function.this.ephemeral_storage[0].size == 4096
      && aws_lambda_function_event_invoke_config.live.maximum_retry_attempts == 1
    )
    error_message = "the function has other limits"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.simple["files-slow"].threshold == 480000
    error_message = "a file is slow after ${aws_cloudwatch_metric_alarm.simple["files-slow"].threshold} ms"
  }
}

run "tells_of_rows_that_were_set_aside" {
  command = plan

  assert {
    condition     = contains(output.alarm_names, "vizard-files-rows-set-aside") && aws_cloudwatch_log_metric_filter.rows[0].metric_transformation[0].value == "$.rejected"
    error_message = "nobody looks at the quarantine: ${jsonencode(output.alarm_names)}"
  }
}

run "lets_nobody_do_more" {
  command = apply

  assert {
    condition = [for it in jsondecode(aws_iam_role_policy.function.policy).Statement : it.Sid] == [
      "WriteItsLog", "ReadParameters", "ReadSecrets", "ReadSecretsAtOnce", "ReadFiles", "WriteFiles", "SeeWhatIsDone",
      "SetRowsAside", "TellOfFailedFiles", "UseKey",
    ]
    error_message = "the function may do something else: ${aws_iam_role_policy.function.policy}"
  }

  # Below the prefix, and what is in quarantine is not read again.
  assert {
    condition = {
      for it in jsondecode(aws_iam_role_policy.function.policy).Statement : it.Sid => [for arn in it.Resource : trimprefix(arn, "arn:aws:s3:::")]
      if contains(["ReadFiles", "WriteFiles", "SeeWhatIsDone", "SetRowsAside"], it.Sid)
      } == {
      ReadFiles     = ["lumen-deliveries/people/*"]
      WriteFiles    = ["vizard-files-output-111122223333-eu-central-1/clean/*", "vizard-files-teams-111122223333-eu-central-1/teams/*"]
      SeeWhatIsDone = ["vizard-files-output-111122223333-eu-central-1/clean/*", "vizard-files-teams-111122223333-eu-central-1/teams/*"]
      SetRowsAside  = ["vizard-files-quarantine-111122223333-eu-central-1/*"]
    }
    error_message = "the function reaches other files: ${aws_iam_role_policy.function.policy}"
  }

  # Readers read the output, and neither quarantine nor lookup tables.
  assert {
    condition = [for it in jsondecode(output.reader_policy_json).Statement : it.Resource] == [
      ["arn:aws:s3:::vizard-files-output-111122223333-eu-central-1/clean/*"],
      ["arn:aws:s3:::vizard-files-output-111122223333-eu-central-1"],
      [var.kms_key_arn],
    ]
    error_message = "readers read something else: ${output.reader_policy_json}"
  }

  assert {
    condition = sort([for it in aws_s3_bucket_notification.input[0].lambda_function : "${it.filter_prefix}...${it.filter_suffix}"]) == tolist([
      "people/....csv", "people/....parquet",
    ])
    error_message = "the input tells of other files"
  }
}

run "leaves_notifications_of_others_alone" {
  command = plan

  variables {
    input = { bucket = "lumen-deliveries", notify = false }
  }

  assert {
    condition     = length(aws_s3_bucket_notification.input) == 0 && aws_lambda_permission.input.source_arn == "arn:aws:s3:::lumen-deliveries"
    error_message = "the bucket's notifications are replaced"
  }
}

run "has_a_salt_of_its_own" {
  command = plan

  variables {
    secrets = {}
  }

  assert {
    condition     = output.secret_names == tolist(["/vizard-files/shared/config/PSOXY_ENCRYPTION_KEY", "/vizard-files/shared/config/PSOXY_SALT"])
    error_message = "the secrets are others: ${jsonencode(output.secret_names)}"
  }

  assert {
    condition     = length(output.commands) == 2 && endswith(output.commands[0], "--generate --no-try")
    error_message = "nobody makes the salt: ${jsonencode(output.commands)}"
  }
}
