output "dashboard_name" {
  description = "Name of the dashboard."
  value       = var.service_name
  depends_on  = [google_monitoring_dashboard.this]
}

output "alarm_names" {
  description = "Names of the alarms, sorted."
  value       = sort([for it in google_monitoring_alert_policy.this : it.display_name])
}
