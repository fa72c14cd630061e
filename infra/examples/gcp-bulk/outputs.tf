output "environment" {
  description = "For the command line: terraform output -json environment > environment.json"
  value       = module.people.environment
}

output "commands" {
  description = "What to run next."
  value       = module.people.commands
}

output "buckets" {
  description = "Where files come from and go."
  value       = module.people.buckets
}

output "service_account" {
  description = "The account that the service works as."
  value       = module.people.service_account
}

output "log_view" {
  description = "Where the lines of files are."
  value       = module.people.log_view
}
