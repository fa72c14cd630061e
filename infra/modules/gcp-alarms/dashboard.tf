# One page with what the alarms watch, so that a person who is woken sees the hours before.

locals {
  # What a graph shows, from left to right and top to bottom: its title, and by legend the queries.
  graphs = concat([
    { title = "Calls and refusals", queries = { calls = local.sums.calls, refused = local.sums.refused } },
    { title = "Failures", queries = { for name in ["server_errors", "token_failures", "failed_starts", "crashes"] : name => local.sums[name] } },
    { title = "Milliseconds of a call, p95", queries = { p95 = "histogram_quantile(0.95, sum by (le) (rate(${local.promql.millis_bucket}[5m])))" } },
    { title = "Turned away, by us and by the source", queries = { turned_away = local.sums.turned_away, source_limits = local.sums.source_limits } },
    { title = "Instances", queries = { instances = "sum by (state) (run_googleapis_com:container_instance_count{monitored_resource=\"cloud_run_revision\",service_name=\"${var.service_name}\"})" } },
    ], [for name in compact([var.subscription_name, var.failed_subscription_name]) :
    { title = name, queries = { waiting = "max(pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\",subscription_id=\"${name}\"})" } }
  ])
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = jsonencode({
    displayName = var.service_name
    mosaicLayout = {
      columns = 12
      tiles = concat([for index, graph in local.graphs : {
        xPos   = index % 2 * 6
        yPos   = floor(index / 2) * 4
        width  = 6
        height = 4
        widget = {
          title = graph.title
          xyChart = {
            dataSets = [for legend, query in graph.queries : {
              legendTemplate  = legend
              plotType        = "LINE"
              timeSeriesQuery = { prometheusQuery = query }
            }]
          }
        }
        }], [{
        xPos   = 0
        yPos   = ceil(length(local.graphs) / 2) * 4
        width  = 12
        height = 4
        widget = {
          title = "What was refused or failed"
          logsPanel = {
            filter        = "${local.of_service} AND jsonPayload.target=\"audit\" AND jsonPayload.status>=400"
            resourceNames = [var.log_view]
          }
        }
      }])
    }
  })
}
