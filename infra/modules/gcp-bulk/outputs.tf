output "service_name" {
  description = "Name of the service; null as long as it has no image."
  value       = one(google_cloud_run_v2_service.this[*].name)
}

output "service_account" {
  description = "E-mail of the account that the service works as."
  value       = google_service_account.service.email
}

output "trigger_name" {
  description = "Name of the Eventarc trigger; null as long as there is no service."
  value       = one(google_eventarc_trigger.input[*].name)
}

output "buckets" {
  description = "Names of all buckets, by what they are for: input, output, quarantine, and each lookup table."
  value       = local.buckets
}

output "environment" {
  description = "What the service reads at start-up. No secrets."
  value       = local.for_all
}

output "log_view" {
  description = "The view of the log bucket with a line for each file."
  value       = "${google_logging_project_bucket_config.service.id}/views/_AllLogs"
}

output "rules_sha256" {
  description = "The SHA-256 of the rules that the service works with."
  value       = local.rules_sha256
}

output "secret_names" {
  description = "The ids of the secrets that the operator sets, sorted; none where a prefix is shared."
  value       = sort(flatten(module.shared_secrets[*].names))
}

output "alarm_names" {
  description = "Names of the alarms, sorted."
  value       = sort([for alarm in google_monitoring_alert_policy.this : alarm.display_name])
}

output "commands" {
  description = "What to run next, with environment.json being what `terraform output -json environment` prints: make the salt, if this service has its own, and look whether it is there."
  value = concat(
    var.secrets.shared_prefix != null ? [] : ["vizard secrets set --target gcp --env-file environment.json --generate --no-try"],
    ["vizard secrets check --target gcp --env-file environment.json"],
  )
}
