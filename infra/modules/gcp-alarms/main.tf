# What somebody should be told of. Every alarm has its part in docs/DEPLOY-GCP.md, under its name.
#
# Conditions are in PromQL, the only kind that can be made before its metric has had a value: with the others the first
# apply would fail, and every first apply of a new service.

locals {
  # Of five minutes, looked at every minute.
  sums = { for name, metric in local.promql : name => "sum(increase(${metric}[5m]))" }

  simple = {
    crashes = {
      query = "${local.sums.crashes} > 0", lasting = "0s"
      what  = "An instance ended, used up its memory, or did not answer its probe."
    }
    throttles = {
      query = "${local.sums.turned_away} > 0", lasting = "0s"
      what  = "Calls were turned away: there are no more instances, or too many calls at one of them."
    }
    slow = {
      query = "histogram_quantile(0.95, sum by (le) (rate(${local.promql.millis_bucket}[5m]))) > ${var.p95_milliseconds}", lasting = "900s"
      what  = "One call in twenty takes longer than usual."
    }
    token-failures = {
      query = "${local.sums.token_failures} > 0", lasting = "0s"
      what  = "The source gave no access token: a credential is missing or wrong, or the token endpoint cannot be reached."
    }
    server-errors = {
      query = "${local.sums.server_errors} > ${var.server_errors}", lasting = "0s"
      what  = "Calls were answered with 5xx."
    }
    failed-starts = {
      query = "${local.sums.failed_starts} > 0", lasting = "0s"
      what  = "The service cannot start: settings, secrets or rules are missing or wrong, or the rules are not those that were reviewed."
    }
    # As a share, because one refused call among thousands is a caller's typing mistake and ten of ten are a broken
    # connector.
    refused = {
      query = "100 * ${local.sums.refused} / ${local.sums.calls} > ${var.refused_percent} and ${local.sums.calls} >= 10", lasting = "0s"
      what  = "More than ${var.refused_percent} % of the calls are refused by the rules."
    }
  }

  dlq = var.failed_subscription_name == null ? {} : { calls-failed = {
    query = "max(pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\",subscription_id=\"${var.failed_subscription_name}\"}) > 0", lasting = "0s"
    what  = "Calls that were to be answered later failed five times and wait in ${var.failed_subscription_name}."
  } }

  backlog = var.subscription_name == null ? {} : { calls-waiting = {
    query = "max(pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=\"${var.subscription_name}\"}) > 1800", lasting = "0s"
    what  = "A call that was to be answered later has waited for more than half an hour in ${var.subscription_name}."
  } }
}

resource "google_monitoring_alert_policy" "this" {
  for_each = merge(local.simple, local.dlq, local.backlog)

  display_name          = "${var.service_name}-${each.key}"
  combiner              = "OR"
  notification_channels = var.notification_channels
  user_labels           = var.labels

  conditions {
    display_name = each.value.what

    condition_prometheus_query_language {
      query                     = each.value.query
      duration                  = each.value.lasting
      evaluation_interval       = "60s"
      disable_metric_validation = true
    }
  }

  documentation {
    content   = "${each.value.what} What to do: docs/DEPLOY-GCP.md, ${each.key}."
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "1800s"
  }

  depends_on = [google_logging_metric.count, google_logging_metric.millis]
}
