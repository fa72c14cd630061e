output "service_name" {
  description = "Name of the service; null as long as it has no image."
  value       = one(google_cloud_run_v2_service.this[*].name)
}

output "url" {
  description = "Where to call, without a slash at the end, and the audience of callers' ID tokens."
  value       = local.url
  depends_on  = [google_cloud_run_v2_service.this, google_cloud_run_v2_service_iam_member.callers]
}

output "service_account" {
  description = "E-mail of the account that the service works as."
  value       = google_service_account.service.email
}

output "environment" {
  description = "What the service reads at start-up. No secrets."
  value       = local.environment
}

output "log_view" {
  description = "The view of the log bucket with the audit lines."
  value       = "${google_logging_project_bucket_config.service.id}/views/_AllLogs"
}

output "rules_sha256" {
  description = "The SHA-256 of the rules that the service serves with."
  value       = local.rules_sha256
}

output "secret_names" {
  description = "The ids of the secrets that the operator sets, sorted."
  value       = sort(concat(flatten(module.shared_secrets[*].names), module.secrets.names, local.first_refresh_tokens))
}

output "results" {
  description = "Where results of calls lie that are answered later, or null."
  value       = one(module.async[*].destination)
}

output "dashboard_name" {
  description = "Name of the dashboard, or null."
  value       = one(module.alarms[*].dashboard_name)
}

output "alarm_names" {
  description = "Names of the alarms."
  value       = flatten(module.alarms[*].alarm_names)
}

output "commands" {
  description = "What to run next, with environment.json being what `terraform output -json environment` prints: set the secrets, then look whether everything is in place."
  value       = [for verb in ["secrets set", "doctor"] : "vizard ${verb} --target gcp --env-file environment.json"]
}
