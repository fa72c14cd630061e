# What somebody should be told of. Every alarm has its part in docs/DEPLOY-GCP.md, under its name.
#
# Conditions are in PromQL, the only kind that can be made before its metric has had a value.

locals {
  # Letters and underscores alone, so that PromQL names a metric as we do.
  prefix = replace(var.name, "-", "_")

  # Name of the metric to what a line of the log must be.
  patterns = {
    files_failed   = "jsonPayload.target=\"audit\" AND jsonPayload.message=\"file\" AND jsonPayload.status=\"failed\""
    rows_set_aside = "jsonPayload.target=\"audit\" AND jsonPayload.message=\"file\" AND jsonPayload.rejected>0"
    # The program says so and ends, so that a revision that cannot serve does not take the place of one that can.
    failed_starts = "jsonPayload.level=\"ERROR\" AND jsonPayload.message=\"cannot serve requests\""
    crashes       = "log_id(\"run.googleapis.com/varlog/system\") AND severity>=ERROR"
  }

  # Of five minutes, looked at every minute. As PromQL names a metric, with the resource that one made from logs has to
  # be told.
  sums = { for name in keys(local.patterns) : name =>
    "sum(increase(logging_googleapis_com:user_${local.prefix}_${name}{monitored_resource=\"cloud_run_revision\"}[5m]))"
  }

  # Eventarc names its subscription after the trigger.
  subscription = "eventarc-${coalesce(var.input.location, local.region)}-${var.name}-input-sub-.*"

  simple = merge({
    files-failed = {
      query = "${local.sums.files_failed} > 0"
      what  = "A file could not be sanitized, and will not be however often it is tried."
    }
    files-waiting = {
      query = "max(pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${local.subscription}\"}) > ${var.alarms.waiting_minutes * 60}"
      what  = "A file has waited, or failed again and again, for more than ${var.alarms.waiting_minutes} minutes."
    }
    failed-starts = {
      query = "${local.sums.failed_starts} > 0"
      what  = "The service cannot start: settings, secrets or rules are missing or wrong, or the rules are not those that were reviewed."
    }
    crashes = {
      query = "${local.sums.crashes} > 0"
      what  = "An instance ended, used up its memory, or did not answer its probe."
    }
    }, !var.quarantine.enabled ? {} : {
    rows-set-aside = {
      query = "${local.sums.rows_set_aside} > 0"
      what  = "Rows could not be sanitized and lie in ${local.buckets.quarantine}, in clear."
    }
  })
}

resource "google_logging_metric" "count" {
  for_each = { for name, it in local.patterns : name => it if var.alarms.enabled }

  name        = "${local.prefix}_${each.key}"
  description = "Lines of ${var.name} that are ${each.key}"
  filter      = "${local.of_service} AND (${each.value})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
  }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = { for name, it in local.simple : name => it if var.alarms.enabled }

  display_name          = "${var.name}-${each.key}"
  combiner              = "OR"
  notification_channels = var.alarms.notification_channels
  user_labels           = var.labels

  conditions {
    display_name = each.value.what

    condition_prometheus_query_language {
      query                     = each.value.query
      duration                  = "0s"
      evaluation_interval       = "60s"
      disable_metric_validation = true
    }
  }

  documentation {
    content   = "${each.value.what} What to do: docs/DEPLOY-GCP.md, Alarms of files, ${each.key}."
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "1800s"
  }

  depends_on = [google_logging_metric.count]
}
