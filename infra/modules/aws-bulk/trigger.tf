# What starts the function: S3 tells it of each new file. What it could not do after all attempts lies in a queue, with
# the event, which names the file, and with the reason.

locals {
  # One notification for each suffix; without suffixes one for all files.
  suffixes = length(var.input.suffixes) == 0 ? [null] : sort(var.input.suffixes)
}

resource "aws_s3_bucket_notification" "input" {
  count = var.input.notify ? 1 : 0

  bucket = local.buckets.input

  dynamic "lambda_function" {
    for_each = local.suffixes

    content {
      lambda_function_arn = aws_lambda_alias.live.arn
      events              = ["s3:ObjectCreated:*"]
      filter_prefix       = var.input.prefix == "" ? null : var.input.prefix
      filter_suffix       = lambda_function.value
    }
  }

  # S3 tries whether it may, and a file that comes now must find all in its place.
  depends_on = [aws_s3_bucket.made, aws_lambda_permission.input, aws_lambda_function_event_invoke_config.live]
}

# The bucket of this account alone: its name could be a stranger's one day.
resource "aws_lambda_permission" "input" {
  statement_id   = "FilesOfTheInput"
  action         = "lambda:InvokeFunction"
  function_name  = aws_lambda_function.this.function_name
  qualifier      = aws_lambda_alias.live.name
  principal      = "s3.amazonaws.com"
  source_account = local.account_id
  source_arn     = "${local.arn_prefix}:s3:::${local.buckets.input}"
}

resource "aws_lambda_function_event_invoke_config" "live" {
  function_name                = aws_lambda_function.this.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_retry_attempts       = var.limits.retries
  maximum_event_age_in_seconds = 21600 # six hours, the longest there is: files wait while others are at work

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failed.arn
    }
  }

  # Lambda looks for the right to write there.
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_sqs_queue" "failed" {
  name                      = "${var.name}-files-failed"
  message_retention_seconds = 1209600 # 14 days, the longest there is: somebody has to look
  kms_master_key_id         = var.kms_key_arn
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "failed" {
  queue_url = aws_sqs_queue.failed.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.failed.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
