output "environment" {
  description = "For the command line: terraform output -json environment > environment.json"
  value       = module.zoom.environment
}

output "commands" {
  description = "What to run next."
  value       = module.zoom.commands
}

output "url" {
  description = "Where to call, and the audience of ID tokens."
  value       = module.zoom.url
}

output "service_account" {
  description = "The account that the service works as."
  value       = module.zoom.service_account
}

output "secret_names" {
  description = "What has to be set."
  value       = module.zoom.secret_names
}

output "log_view" {
  description = "Where the audit lines are."
  value       = module.zoom.log_view
}

output "dashboard_name" {
  description = "The dashboard."
  value       = module.zoom.dashboard_name
}
