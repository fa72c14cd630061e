output "prefix" {
  description = "What the ids begin with. Takes the prefix through the module, so that whoever reads it waits for the secrets."
  value       = var.prefix
  depends_on  = [google_secret_manager_secret.kept, google_secret_manager_secret.replaceable]
}

output "names" {
  description = "The ids of the secrets that the operator sets, sorted."
  value       = sort([for name in keys(var.secrets) : "${var.prefix}${name}"])
  depends_on  = [google_secret_manager_secret.kept, google_secret_manager_secret.replaceable]
}

output "state_names" {
  description = "The ids of the secrets that the service writes, sorted."
  value       = sort([for name in keys(var.written_by_service) : "${var.state_prefix}${name}"])
  depends_on  = [google_secret_manager_secret.state]
}
