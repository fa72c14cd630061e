# What somebody should be told of. Every alarm has its part in docs/DEPLOY-AWS.md, under its name.

locals {
  five      = 300
  namespace = "Vizard/${var.name}"
  of_lambda = { namespace = "AWS/Lambda", dimensions = { FunctionName = var.name }, statistic = "Maximum" }
  of_queue  = { namespace = "AWS/SQS", dimensions = { QueueName = aws_sqs_queue.failed.name }, statistic = "Maximum" }
  of_log    = { namespace = local.namespace, dimensions = null, statistic = "Sum" }

  simple = merge({
    files-failed = merge(local.of_log, {
      metric = "FilesFailed", above = 0
      what   = "A file could not be sanitized, and will not be however often it is tried."
    })
    # A file that failed for now is tried again: this is what is left of it.
    files-given-up = merge(local.of_queue, {
      metric = "ApproximateNumberOfMessagesVisible", above = 0
      what   = "A file lies in ${aws_sqs_queue.failed.name} after all attempts."
    })
    files-slow = merge(local.of_lambda, {
      metric = "Duration", above = var.limits.timeout_seconds * 800
      what   = "A file took four fifths of the time that the function has."
    })
    files-waiting = merge(local.of_lambda, {
      metric = "AsyncEventAge", above = var.alarms.waiting_minutes * 60000
      what   = "A file has waited for more than ${var.alarms.waiting_minutes} minutes."
    })
    failed-starts = merge(local.of_log, {
      metric = "FailedStarts", above = 0
      what   = "The function started and cannot sanitize: settings or rules are wrong, or the rules are not those that were reviewed."
    })
    }, !var.quarantine.enabled ? {} : {
    rows-set-aside = merge(local.of_log, {
      metric = "RowsSetAside", above = 0
      what   = "Rows could not be sanitized and lie in ${local.buckets.quarantine}, in clear."
    })
  })

  # Name of the metric to the pattern that one line of the log must match.
  patterns = {
    FilesFailed = "{ $.target = \"audit\" && $.message = \"file\" && $.status = \"failed\" }"
    # The first ends no process: it lets every file fail. The second does.
    FailedStarts = "{ $.level = \"ERROR\" && ($.message = \"cannot serve requests\" || $.message = \"the function cannot start\") }"
  }
}

resource "aws_cloudwatch_metric_alarm" "simple" {
  for_each = { for name, it in local.simple : name => it if var.alarms.enabled }

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.what
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = local.five
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.above
  treat_missing_data  = "notBreaching" # no files, no failures
  alarm_actions       = var.alarms.topic_arns
  ok_actions          = var.alarms.topic_arns
  tags                = var.tags

  depends_on = [aws_cloudwatch_log_metric_filter.lines, aws_cloudwatch_log_metric_filter.rows]
}

resource "aws_cloudwatch_log_metric_filter" "lines" {
  for_each = { for name, it in local.patterns : name => it if var.alarms.enabled }

  name           = "${var.name}-${lower(each.key)}"
  log_group_name = aws_cloudwatch_log_group.function.name
  pattern        = each.value

  metric_transformation {
    namespace     = local.namespace
    name          = each.key
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}

resource "aws_cloudwatch_log_metric_filter" "rows" {
  count = var.quarantine.enabled && var.alarms.enabled ? 1 : 0

  name           = "${var.name}-rowssetaside"
  log_group_name = aws_cloudwatch_log_group.function.name
  pattern        = "{ $.target = \"audit\" && $.message = \"file\" && $.rejected > 0 }"

  metric_transformation {
    namespace = local.namespace
    name      = "RowsSetAside"
    value     = "$.rejected"
    unit      = "Count"
  }
}
