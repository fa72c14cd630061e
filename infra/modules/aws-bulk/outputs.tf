output "function_name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "function_version" {
  description = "The version that files are given to."
  value       = aws_lambda_function.this.version
}

output "live_arn" {
  description = "What S3 tells of files, for a bucket whose notifications are not made here (input.notify)."
  value       = aws_lambda_alias.live.arn
}

output "role_arn" {
  description = "The role that the function has."
  value       = aws_iam_role.function.arn
}

output "buckets" {
  description = "Names of all buckets, by what they are for: input, output, quarantine, and each lookup table."
  value       = local.buckets
}

output "reader_policy_json" {
  description = "What whoever reads the sanitized files has to be allowed."
  value       = local.reader_policy
}

output "environment" {
  description = "What the function reads at start-up. No secrets."
  value       = local.for_all
}

output "log_group_name" {
  description = "The log group with a line for each file."
  value       = aws_cloudwatch_log_group.function.name
}

output "rules_sha256" {
  description = "The SHA-256 of the rules that the function works with."
  value       = local.rules_sha256
}

output "secret_names" {
  description = "The full names of the parameters or secrets that the operator sets, sorted; none where a path is shared."
  value       = sort(flatten(module.shared_secrets[*].names))
}

output "failed_queue_url" {
  description = "URL of the queue with files that failed."
  value       = aws_sqs_queue.failed.url
}

output "alarm_names" {
  description = "Names of the alarms, sorted."
  value       = sort([for alarm in aws_cloudwatch_metric_alarm.simple : alarm.alarm_name])
}

output "commands" {
  description = "What to run next, with environment.json being what `terraform output -json environment` prints: make the salt, if this function has its own, and look whether it is there."
  value = concat(
    var.secrets.shared_path != null ? [] : ["AWS_REGION=${data.aws_region.current.region} vizard secrets set --target aws --env-file environment.json --generate --no-try"],
    ["AWS_REGION=${data.aws_region.current.region} vizard secrets check --target aws --env-file environment.json"],
  )
}
