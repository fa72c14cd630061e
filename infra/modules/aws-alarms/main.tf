# What somebody should be told of. Every alarm has its part in docs/DEPLOY-AWS.md, under its name.

locals {
  function  = { FunctionName = var.function_name }
  dlq       = var.failed_queue_name == null ? {} : { calls-failed = var.failed_queue_name }
  backlog   = var.queue_name == null ? {} : { calls-waiting = var.queue_name }
  five      = 300
  of_log    = { namespace = local.namespace, dimensions = null, statistic = "Sum", percentile = null }
  of_lambda = { namespace = "AWS/Lambda", dimensions = local.function, statistic = "Sum", percentile = null }

  # One period above the threshold is enough, unless `periods` says otherwise.
  simple = {
    crashes = merge(local.of_lambda, {
      metric = "Errors", above = 0, periods = 1
      what   = "The function crashed or ran out of time."
    })
    throttles = merge(local.of_lambda, {
      metric = "Throttles", above = 0, periods = 1
      what   = "Lambda turned calls away: the concurrency is used up."
    })
    slow = merge(local.of_log, {
      metric = "Milliseconds", above = var.p95_milliseconds, periods = 3
      what   = "One call in twenty takes longer than usual."
      # Of calls: Lambda's own Duration is that of a batch where calls are answered later.
      statistic = null, percentile = "p95"
    })
    token-failures = merge(local.of_log, {
      metric = "TokenFailures", above = 0, periods = 1
      what   = "The source gave no access token: a credential is missing or wrong, or the token endpoint cannot be reached."
    })
    server-errors = merge(local.of_log, {
      metric = "ServerErrors", above = var.server_errors, periods = 1
      what   = "Calls were answered with 5xx."
    })
    failed-starts = merge(local.of_log, {
      metric = "FailedStarts", above = 0, periods = 1
      what   = "The function started and cannot serve: settings or rules are wrong, or the rules are not those that were reviewed."
    })
  }
}

resource "aws_cloudwatch_metric_alarm" "simple" {
  for_each = local.simple

  alarm_name          = "${var.function_name}-${each.key}"
  alarm_description   = each.value.what
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  extended_statistic  = each.value.percentile
  period              = local.five
  evaluation_periods  = each.value.periods
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  treat_missing_data  = "notBreaching" # no calls, no failures
  alarm_actions       = var.topic_arns
  ok_actions          = var.topic_arns
  tags                = var.tags

  depends_on = [aws_cloudwatch_log_metric_filter.audit, aws_cloudwatch_log_metric_filter.time]
}

# A jump in refused calls: a caller asks for more than it was given, or a change of rules took something away. As a
# share, because one refused call among thousands is a caller's typing mistake and ten of ten are a broken connector.
resource "aws_cloudwatch_metric_alarm" "refused" {
  alarm_name          = "${var.function_name}-refused"
  alarm_description   = "More than ${var.refused_percent} % of the calls are refused by the rules."
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.refused_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.topic_arns
  ok_actions          = var.topic_arns
  tags                = var.tags

  metric_query {
    id          = "share"
    expression  = "IF(calls >= 10, 100 * refused / calls, 0)"
    label       = "refused, percent of the calls"
    return_data = true
  }

  metric_query {
    id = "refused"
    metric {
      namespace   = local.namespace
      metric_name = "Refused"
      period      = local.five
      stat        = "Sum"
    }
  }

  metric_query {
    id = "calls"
    metric {
      namespace   = local.namespace
      metric_name = "Calls"
      period      = local.five
      stat        = "Sum"
    }
  }

  depends_on = [aws_cloudwatch_log_metric_filter.audit]
}

resource "aws_cloudwatch_metric_alarm" "failed_calls" {
  for_each = local.dlq

  alarm_name          = "${var.function_name}-${each.key}"
  alarm_description   = "Calls that were to be answered later failed three times and lie in ${each.value}."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = local.five
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.topic_arns
  ok_actions          = var.topic_arns
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "waiting_calls" {
  for_each = local.backlog

  alarm_name          = "${var.function_name}-${each.key}"
  alarm_description   = "A call that was to be answered later has waited for more than half an hour in ${each.value}."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = local.five
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1800
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.topic_arns
  ok_actions          = var.topic_arns
  tags                = var.tags
}
