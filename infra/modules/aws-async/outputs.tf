output "queue_url" {
  description = "URL of the queue of calls."
  value       = aws_sqs_queue.calls.url
}

output "queue_arn" {
  description = "ARN of the queue of calls."
  value       = aws_sqs_queue.calls.arn
}

output "failed_queue_name" {
  description = "Name of the queue of calls that could not be answered."
  value       = aws_sqs_queue.failed.name
}

output "queue_name" {
  description = "Name of the queue of calls."
  value       = aws_sqs_queue.calls.name
}

output "window_seconds" {
  description = "How long Lambda may gather messages, which the queue's visibility timeout allows for."
  value       = local.window_seconds
}

output "visibility_seconds" {
  description = "For how long a message is invisible that was taken, and after which a call that failed is tried again."
  value       = local.visibility_seconds
}

output "bucket_arn" {
  description = "ARN of the bucket of results."
  value       = aws_s3_bucket.results.arn
}

output "destination" {
  description = "Where results go, as the function is told: without a slash at the end, which Location adds."
  value       = "s3://${aws_s3_bucket.results.bucket}"
}
