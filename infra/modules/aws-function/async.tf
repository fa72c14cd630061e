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

  event_source_arn = module.async[count.index].queue_arn
  function_name    = aws_lambda_alias.live.arn
  # As many as the function answers at once: a fifth would wait for another one, in the same time.
  batch_size                         = 4
  maximum_batching_window_in_seconds = module.async[count.index].window_seconds
  function_response_types            = ["ReportBatchItemFailures"]
  tags                               = var.tags

  # Lambda looks for the rights when the mapping is made.
  depends_on = [aws_iam_role_policy.function]
}
