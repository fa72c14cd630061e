# What the alarms look at.

mock_provider "google" {}

variables {
  service_name             = "vizard-zoom"
  log_view                 = "projects/lumen-orchard/locations/europe-west3/buckets/vizard-zoom/views/_AllLogs"
  subscription_name        = "vizard-zoom-calls"
  failed_subscription_name = "vizard-zoom-calls-failed"
}

run "slow_is_of_calls" {
  command = plan

  assert {
    condition = (
      google_logging_metric.millis.value_extractor == "EXTRACT(jsonPayload.millis)"
      && strcontains(google_logging_metric.millis.filter, local.patterns.calls)
      && strcontains(google_monitoring_alert_policy.this["slow"].conditions[0].condition_prometheus_query_language[0].query, "user_${google_logging_metric.millis.name}_bucket{")
    )
    error_message = "the time of a call is taken from somewhere else"
  }
}

run "every_alarm_of_our_own_has_its_metric" {
  command = plan

  # PromQL cannot name a dash.
  assert {
    condition     = google_logging_metric.count["calls"].name == "vizard_zoom_calls"
    error_message = "the metric is ${google_logging_metric.count["calls"].name}"
  }

  assert {
    condition = alltrue(flatten([for it in values(google_monitoring_alert_policy.this) :
      [for name in regexall("logging_googleapis_com:user_([a-z_]+)", it.conditions[0].condition_prometheus_query_language[0].query) :
        contains(concat([for metric in values(google_logging_metric.count) : metric.name], ["${google_logging_metric.millis.name}_bucket"]), name[0])
      ]
    ]))
    error_message = "an alarm looks at a metric that nobody writes"
  }

  # Lines of other services are theirs.
  assert {
    condition     = alltrue([for it in values(google_logging_metric.count) : strcontains(it.filter, "resource.labels.service_name=\"vizard-zoom\" AND (")])
    error_message = "a metric counts lines of other services"
  }
}

run "an_alarm_waits_for_no_metric" {
  command = plan

  assert {
    condition     = alltrue([for it in values(google_monitoring_alert_policy.this) : it.conditions[0].condition_prometheus_query_language[0].disable_metric_validation])
    error_message = "the first apply would fail: a new metric is not known for minutes"
  }

  assert {
    condition     = length(output.alarm_names) == 9 && length([for it in jsondecode(google_monitoring_dashboard.this.dashboard_json).mosaicLayout.tiles : it]) == 8
    error_message = "something is not looked at: ${jsonencode(output.alarm_names)}"
  }
}

run "without_a_queue_nobody_waits_for_one" {
  command = plan

  variables {
    subscription_name        = null
    failed_subscription_name = null
  }

  assert {
    condition     = length(output.alarm_names) == 7
    error_message = "something else is looked at: ${jsonencode(output.alarm_names)}"
  }
}
