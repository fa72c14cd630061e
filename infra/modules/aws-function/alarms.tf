# Alarms and dashboard, unless somebody has better ones.

module "alarms" {
  source = "../aws-alarms"
  count  = var.alarms.enabled ? 1 : 0

  function_name     = aws_lambda_function.this.function_name
  log_group_name    = aws_cloudwatch_log_group.function.name
  queue_name        = one(module.async[*].queue_name)
  failed_queue_name = one(module.async[*].failed_queue_name)
  topic_arns        = var.alarms.topic_arns
  p95_milliseconds  = var.alarms.p95_milliseconds
  refused_percent   = var.alarms.refused_percent
  server_errors     = var.alarms.server_errors
  tags              = var.tags
}
