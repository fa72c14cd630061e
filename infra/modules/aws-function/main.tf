# The function itself. What it reads is in environment.tf, what it may do in iam.tf, who may call it in callers.tf.

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

data "aws_partition" "current" {}

locals {
  # API Gateway gives up after 30 seconds, and so must the function, or callers get an answer that is not ours. Calls
  # that are answered later do not wait for the API: for their sake the function has its time, and a caller who waits
  # for more than 30 seconds gets the API's own 503 or 504.
  timeout_seconds = coalesce(var.limits.timeout_seconds, local.api_ends_calls ? 30 : 180)
  api_ends_calls  = var.endpoint == "http_api" && !var.async.enabled

  region_and_account = "${data.aws_region.current.region}:${data.aws_caller_identity.current.account_id}"
  arn_prefix         = "arn:${data.aws_partition.current.partition}"

  # Written out, so that policies can be planned before the function exists.
  function_arn = "${local.arn_prefix}:lambda:${local.region_and_account}:function:${var.name}"
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_50:no traces; the audit line tells each call's time, and nobody else needs to see the calls
  # checkov:skip=CKV_AWS_116:calls that are answered later have a queue of failed ones; others are answered at once
  # checkov:skip=CKV_AWS_117:the source is on the Internet; a VPC would add a NAT gateway and take nothing away
  # checkov:skip=CKV_AWS_272:the package is pinned by its hash or object version; signing is left to the operator

  function_name = var.name
  description   = substr("Vizard: sanitizes what ${join(", ", sort(keys(var.connectors)))} answers", 0, 256)
  role          = aws_iam_role.function.arn
  runtime       = "provided.al2023"
  handler       = "bootstrap"
  architectures = [var.architecture]
  memory_size   = var.limits.memory_mb
  timeout       = local.timeout_seconds
  kms_key_arn   = var.kms_key_arn
  tags          = var.tags

  filename          = var.package.file
  source_code_hash  = var.package.file == null ? null : filebase64sha256(var.package.file)
  s3_bucket         = var.package.s3_bucket
  s3_key            = var.package.s3_key
  s3_object_version = var.package.s3_object_version

  reserved_concurrent_executions = var.limits.reserved_concurrency

  # Each change is a version that can be gone back to; callers follow the alias.
  publish = true

  environment {
    variables = local.environment
  }

  logging_config {
    log_group  = aws_cloudwatch_log_group.function.name
    log_format = "JSON"
    # The program decides what is logged (VIZARD_LOG). A filter of Lambda's in front of it could drop audit lines.
    application_log_level = "TRACE"
    system_log_level      = "INFO"
  }

  lifecycle {
    precondition {
      condition     = local.environment_size <= 4096
      error_message = "The environment has ${local.environment_size} bytes, and Lambda allows 4096: put fewer connectors into one function."
    }
  }

  # A version starts as soon as it is published, at once with provisioned concurrency: what it may do, its rules and the
  # places of its secrets are there before.
  depends_on = [
    aws_iam_role_policy.function,
    aws_s3_object.rules,
    module.secrets,
    module.shared_secrets,
  ]
}

resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that is called"
  function_name    = aws_lambda_function.this.function_name
  function_version = aws_lambda_function.this.version
}

resource "aws_lambda_provisioned_concurrency_config" "live" {
  count = var.limits.provisioned_concurrency > 0 ? 1 : 0

  function_name                     = aws_lambda_function.this.function_name
  qualifier                         = aws_lambda_alias.live.name
  provisioned_concurrent_executions = var.limits.provisioned_concurrency
}
