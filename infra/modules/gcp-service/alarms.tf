# Alarms and dashboard, unless somebody has better ones.

module "alarms" {
  source = "../gcp-alarms"
  count  = var.alarms.enabled ? 1 : 0

  service_name             = var.name
  log_view                 = "${google_logging_project_bucket_config.service.id}/views/_AllLogs"
  subscription_name        = one(module.async[*].subscription_name)
  failed_subscription_name = one(module.async[*].failed_subscription_name)
  notification_channels    = var.alarms.notification_channels
  p95_milliseconds         = var.alarms.p95_milliseconds
  refused_percent          = var.alarms.refused_percent
  server_errors            = var.alarms.server_errors
  labels                   = var.labels
}
