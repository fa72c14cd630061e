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

output "reader_policy_json" {
  description = "What analysts have to be allowed."
  value       = module.people.reader_policy_json
}

output "failed_queue_url" {
  description = "Where files are named that failed."
  value       = module.people.failed_queue_url
}

output "function_version" {
  description = "The version that files are given to."
  value       = module.people.function_version
}
