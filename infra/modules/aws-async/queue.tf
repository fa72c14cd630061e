# The queue of calls that are answered later, and where they go that could not be answered.
#
# A message is a call as it came in, with identifiers that may be pseudonyms or not; it is encrypted like the results.

locals {
  # How long Lambda may gather messages. A caller waits: with few calls, 60 would be most of the time.
  window_seconds = 5

  # A message is invisible from the moment that Lambda takes it: while others are gathered, while the function works on
  # it, and for a minute beside these, in which Lambda tries again when there is no room for the call. AWS advises six
  # times the timeout. But a call that failed is tried again only when this time is over: six times 180 seconds, three
  # times, would be most of the hour that a caller waits for.
  visibility_seconds = max(var.timeout_seconds + local.window_seconds + 60, 120)
}

resource "aws_sqs_queue" "calls" {
  name                       = "${var.name}-calls"
  visibility_timeout_seconds = local.visibility_seconds
  message_retention_seconds  = 86400 # a caller who waited a day has asked again
  kms_master_key_id          = var.kms_key_arn
  sqs_managed_sse_enabled    = var.kms_key_arn == null ? true : null
  tags                       = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = 3
  })
}

resource "aws_sqs_queue" "failed" {
  name                      = "${var.name}-calls-failed"
  message_retention_seconds = 1209600 # 14 days, the longest there is: somebody has to look
  kms_master_key_id         = var.kms_key_arn
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  tags                      = var.tags
}

resource "aws_sqs_queue_redrive_allow_policy" "failed" {
  queue_url = aws_sqs_queue.failed.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.calls.arn]
  })
}

resource "aws_sqs_queue_policy" "tls" {
  for_each = { calls = aws_sqs_queue.calls, failed = aws_sqs_queue.failed }

  queue_url = each.value.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = each.value.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
