# Metrics from the audit line, which the function writes for every call and which holds no value of the source.
#
# The function answers most failures itself, so that Lambda's own Errors counts only crashes and timeouts: without
# these filters a wrong client secret would look like a quiet afternoon.

locals {
  namespace = "Vizard/${var.function_name}"

  # Name of the metric to the pattern that one line of the log must match.
  patterns = {
    Calls         = "{ $.target = \"audit\" && $.message = \"request\" }"
    Refused       = "{ $.target = \"audit\" && $.cause = \"BLOCKED_BY_RULES\" }"
    TokenFailures = "{ $.target = \"audit\" && ($.cause = \"CONNECTION_SETUP\" || $.cause = \"NETWORK_EGRESS_BLOCKED\") }"
    ServerErrors  = "{ $.target = \"audit\" && $.status >= 500 }"
    Throttled     = "{ $.target = \"audit\" && $.status = 429 }"
    # The first ends no process: it answers every call with a problem. The second does.
    FailedStarts = "{ $.level = \"ERROR\" && ($.message = \"cannot serve requests\" || $.message = \"the function cannot start\") }"
  }
}

resource "aws_cloudwatch_log_metric_filter" "audit" {
  for_each = local.patterns

  name           = "${var.function_name}-${lower(each.key)}"
  log_group_name = var.log_group_name
  pattern        = each.value

  metric_transformation {
    namespace     = local.namespace
    name          = each.key
    value         = "1"
    default_value = "0"
    unit          = "Count"
  }
}

# How long each call took. No default value: a minute without calls is not one in which calls took no time.
resource "aws_cloudwatch_log_metric_filter" "time" {
  name           = "${var.function_name}-milliseconds"
  log_group_name = var.log_group_name
  pattern        = local.patterns.Calls

  metric_transformation {
    namespace = local.namespace
    name      = "Milliseconds"
    value     = "$.millis"
    unit      = "Milliseconds"
  }
}
