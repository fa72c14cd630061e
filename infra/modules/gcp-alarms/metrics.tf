# Metrics from the audit line, which the service writes for every call and which holds no value of the source, and from
# what Cloud Run says of the service. Metrics count lines whether or not they are kept.
#
# The service answers most failures itself, so that Cloud Run's own count of errors tells of crashes and timeouts alone:
# without these filters a wrong client secret would look like a quiet afternoon.

locals {
  of_service = "resource.type=\"cloud_run_revision\" AND resource.labels.service_name=\"${var.service_name}\""

  # Letters and underscores alone, so that PromQL names a metric as we do.
  prefix = replace(var.service_name, "-", "_")

  # Name of the metric to what a line of the log must be.
  patterns = {
    calls          = "jsonPayload.target=\"audit\" AND jsonPayload.message=\"request\""
    refused        = "jsonPayload.target=\"audit\" AND jsonPayload.cause=\"BLOCKED_BY_RULES\""
    token_failures = "jsonPayload.target=\"audit\" AND jsonPayload.cause=(\"CONNECTION_SETUP\" OR \"NETWORK_EGRESS_BLOCKED\")"
    # What is turned away, and what comes again from the queue, are counted elsewhere.
    server_errors = "jsonPayload.target=\"audit\" AND jsonPayload.status>=500 AND NOT jsonPayload.code=(\"overloaded\" OR \"call-unfinished\")"
    source_limits = "jsonPayload.target=\"audit\" AND jsonPayload.status=429"
    # One line a second of ours, however many were turned away; one line a call of Cloud Run's.
    turned_away = "(jsonPayload.target=\"audit\" AND jsonPayload.code=\"overloaded\") OR (log_id(\"run.googleapis.com/requests\") AND textPayload:\"no available instance\")"
    # The program says so and ends, so that a revision that cannot serve does not take the place of one that can.
    failed_starts = "jsonPayload.level=\"ERROR\" AND jsonPayload.message=\"cannot serve requests\""
    crashes       = "log_id(\"run.googleapis.com/varlog/system\") AND severity>=ERROR"
  }

  # As PromQL names them, with the resource that a metric made from logs has to be told.
  promql = { for name in concat(keys(local.patterns), ["millis_bucket"]) : name =>
    "logging_googleapis_com:user_${local.prefix}_${name}{monitored_resource=\"cloud_run_revision\"}"
  }
}

resource "google_logging_metric" "count" {
  for_each = local.patterns

  name        = "${local.prefix}_${each.key}"
  description = "Lines of ${var.service_name} that are ${each.key}"
  filter      = "${local.of_service} AND (${each.value})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"
  }
}

# How long each call took.
resource "google_logging_metric" "millis" {
  name            = "${local.prefix}_millis"
  description     = "Milliseconds that a call of ${var.service_name} took"
  filter          = "${local.of_service} AND ${local.patterns.calls}"
  value_extractor = "EXTRACT(jsonPayload.millis)"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "ms"
  }

  # From a millisecond to a quarter of an hour, each bound a fifth above the one before.
  bucket_options {
    exponential_buckets {
      num_finite_buckets = 76
      growth_factor      = 1.2
      scale              = 1
    }
  }
}
