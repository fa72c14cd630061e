output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_version" {
  description = "The version that is called."
  value       = aws_lambda_function.this.version
}

output "url" {
  description = "Where to call, without a slash at the end. Calls must be signed (AWS Signature Version 4)."
  value       = local.url
}

output "role_arn" {
  description = "The role that the function has."
  value       = aws_iam_role.function.arn
}

output "caller_role_arn" {
  description = "The role that callers take on."
  value       = aws_iam_role.caller.arn
}

output "caller_policy_json" {
  description = "What the caller role may do, for roles of this account that should call without taking it on."
  value       = local.caller_policy
}

output "environment" {
  description = "What the function reads at start-up. No secrets."
  value       = local.environment
}

output "log_group_name" {
  description = "The log group with the audit lines."
  value       = aws_cloudwatch_log_group.function.name
}

output "rules_sha256" {
  description = "By connector, the SHA-256 of the rules that the function serves with."
  value       = local.rules_sha256
}

output "secret_names" {
  description = "The full names of the parameters or secrets that the operator sets, sorted."
  value       = sort(flatten([module.shared_secrets[*].names, [for it in module.secrets : it.names], local.first_refresh_tokens]))
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
  value = flatten([for id in sort(keys(var.connectors)) : [for verb in ["secrets set", "doctor"] : join(" ", compact([
    "AWS_REGION=${data.aws_region.current.region} vizard ${verb} --target aws --env-file environment.json",
    local.single ? "" : "--connector ${id}",
  ]))]])
}
