# One page with what the alarms watch, so that a person who is woken sees the hours before.

data "aws_region" "current" {}

locals {
  ours = { for name in keys(local.patterns) : name => [local.namespace, name] }

  # What a graph shows, from left to right and top to bottom.
  graphs = concat([
    { title = "Calls and refusals", stat = "Sum", metrics = [local.ours.Calls, local.ours.Refused] },
    { title = "Failures", stat = "Sum", metrics = [local.ours.ServerErrors, local.ours.TokenFailures, local.ours.FailedStarts, local.ours.Throttled] },
    { title = "Milliseconds of a call, p95", stat = "p95", metrics = [[local.namespace, "Milliseconds"]] },
    { title = "Lambda", stat = "Sum", metrics = [for name in ["Invocations", "Errors", "Throttles"] : ["AWS/Lambda", name, "FunctionName", var.function_name]] },
    ], [for name in compact([var.queue_name, var.failed_queue_name]) :
    { title = name, stat = "Maximum", metrics = [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name]] }
  ])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.function_name

  dashboard_body = jsonencode({
    widgets = concat([for index, graph in local.graphs : {
      type   = "metric"
      x      = index % 2 * 12
      y      = floor(index / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = graph.title
        region  = data.aws_region.current.region
        stat    = graph.stat
        period  = local.five
        view    = "timeSeries"
        metrics = graph.metrics
      }
      }], [{
      type   = "log"
      x      = 0
      y      = ceil(length(local.graphs) / 2) * 6
      width  = 24
      height = 6
      properties = {
        title  = "What was refused or failed"
        region = data.aws_region.current.region
        view   = "table"
        query  = "SOURCE '${var.log_group_name}' | filter target = 'audit' and status >= 400 | stats count() as calls by connector, endpoint, status, cause, code | sort calls desc | limit 50"
      }
    }])
  })
}
