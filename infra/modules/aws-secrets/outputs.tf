output "path" {
  description = "What the names begin with. Takes the path through the module, so that whoever reads it waits for the secrets."
  value       = var.path
  depends_on = [
    aws_ssm_parameter.kept, aws_ssm_parameter.replaceable,
    aws_secretsmanager_secret.kept, aws_secretsmanager_secret.replaceable,
  ]
}

output "names" {
  description = "The full names of the secrets that the operator sets, sorted."
  value       = sort([for name in keys(var.secrets) : "${var.path}${name}"])
}
