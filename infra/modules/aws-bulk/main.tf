# The function that sanitizes files. What starts it is in trigger.tf, what it reads in environment.tf, what it may do in
# iam.tf, where files come from and go in buckets.tf.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  account_id         = data.aws_caller_identity.current.account_id
  region_and_account = "${data.aws_region.current.region}:${local.account_id}"
  arn_prefix         = "arn:${data.aws_partition.current.partition}"
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50:no traces; the line of each file tells its time, and nobody else needs to see the files' names
  # checkov:skip=CKV_AWS_116:files that failed go to the queue that the alias has for them, with the reason
  # checkov:skip=CKV_AWS_117:the buckets are reached as everything else of AWS; a VPC would add a gateway and take nothing away
  # checkov:skip=CKV_AWS_272:the package is pinned by its hash or object version; signing is left to the operator

  function_name = var.name
  description   = "Vizard: sanitizes files"
  role          = aws_iam_role.function.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = var.limits.memory_mb
  timeout       = var.limits.timeout_seconds
  kms_key_arn   = var.kms_key_arn
  tags          = var.tags

  filename          = var.package.file
  source_code_hash  = var.package.file == null ? null : filebase64sha256(var.package.file)
  s3_bucket         = var.package.s3_bucket
  s3_key            = var.package.s3_key
  s3_object_version = var.package.s3_object_version

  reserved_concurrent_executions = var.limits.reserved_concurrency

  # Each change is a version that can be gone back to; files follow the alias.
  publish = true

  environment {
    variables = local.for_all
  }

  # CSV and JSON go through in a stream. Parquet is read from its end, and put by first.
  ephemeral_storage {
    size = var.limits.storage_mb
  }

  logging_config {
    log_group  = aws_cloudwatch_log_group.function.name
    log_format = "JSON"
    # The program decides what is logged (VIZARD_LOG). A filter of Lambda's in front of it could drop lines of files.
    application_log_level = "TRACE"
    system_log_level      = "INFO"
  }

  lifecycle {
    precondition {
      condition     = local.environment_size <= 4096
      error_message = "The environment has ${local.environment_size} bytes, and Lambda allows 4096: rules are in it, those of lookup tables with their comments."
    }

    # The files of lookup tables become parts of one text: what that text says is what each of them says.
    precondition {
      condition = length(var.lookup_tables) == 0 || try(
        jsonencode([for it in yamldecode(local.additional_transforms) : it.rules]) == jsonencode([
          for key in sort(keys(var.lookup_tables)) : yamldecode(file(var.lookup_tables[key].rules_file))
      ]), false)
      error_message = "A lookup table's rules_file is no YAML, or not one document without a head."
    }
  }

  # A version may start as soon as it is published: what it may do and the places of its secrets are there before.
  depends_on = [
    aws_iam_role_policy.function,
    module.shared_secrets,
  ]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that files are given to"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}
