output "environment" {
  description = "For the command line: terraform output -json environment > environment.json"
  value       = module.zoom.environment
}

output "commands" {
  description = "What to run next."
  value       = module.zoom.commands
}

output "url" {
  description = "Where to call."
  value       = module.zoom.url
}

output "caller_role_arn" {
  description = "The role that callers take on."
  value       = module.zoom.caller_role_arn
}

output "secret_names" {
  description = "What has to be set."
  value       = module.zoom.secret_names
}

output "dashboard_name" {
  description = "The dashboard."
  value       = module.zoom.dashboard_name
}

output "function_version" {
  description = "The version that is called."
  value       = module.zoom.function_version
}
