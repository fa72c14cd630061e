# What the alarms look at.

mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { region = "eu-central-1" }
  }
}

variables {
  function_name  = "vizard"
  log_group_name = "/aws/lambda/vizard"
}

run "slow_is_of_calls_and_not_of_batches" {
  command = plan

  assert {
    condition = (
      aws_cloudwatch_log_metric_filter.time.metric_transformation[0].value == "$.millis"
      && aws_cloudwatch_log_metric_filter.time.pattern == local.patterns.Calls
    )
    error_message = "the time of a call is taken from somewhere else"
  }

  assert {
    condition = (
      aws_cloudwatch_metric_alarm.simple["slow"].namespace == aws_cloudwatch_log_metric_filter.time.metric_transformation[0].namespace
      && aws_cloudwatch_metric_alarm.simple["slow"].metric_name == aws_cloudwatch_log_metric_filter.time.metric_transformation[0].name
      && aws_cloudwatch_metric_alarm.simple["slow"].extended_statistic == "p95"
    )
    error_message = "the alarm looks at something else"
  }
}

run "every_alarm_of_our_own_has_its_metric" {
  command = plan

  assert {
    condition = alltrue([for it in values(aws_cloudwatch_metric_alarm.simple) :
      contains(concat(keys(local.patterns), ["Milliseconds"]), it.metric_name) if it.namespace == "Vizard/vizard"
    ])
    error_message = "an alarm looks at a metric that nobody writes"
  }

  # Both ways in which a start fails.
  assert {
    condition     = alltrue([for said in ["cannot serve requests", "the function cannot start"] : strcontains(local.patterns.FailedStarts, "\"${said}\"")])
    error_message = "a start that failed is not seen: ${local.patterns.FailedStarts}"
  }
}
