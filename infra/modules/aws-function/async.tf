# Calls that are answered later: the function takes them from the queue that it puts them into.

module "async" {
  source = "../aws-async"
  count  = var.async.enabled ? 1 : 0

  name            = var.name
  timeout_seconds = local.timeout_seconds
  expire_days     = var.async.expire_days
  kms_key_arn     = var.kms_key_arn
  tags            = var.tags
}

resource "aws_lambda_event_source_mapping" "calls" {
  count = length(module.async)

  event_source_arn                   = module.async[count.index].queue_arn
  function_name                      = aws_lambda_alias.live.arn
  batch_size                         = 10
  maximum_batching_window_in_seconds = 5 # a caller waits; with few calls, 60 would be most of the time
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.tags

  # Lambda looks for the rights when the mapping is made.
  depends_on = [aws_iam_role_policy.function]
}
