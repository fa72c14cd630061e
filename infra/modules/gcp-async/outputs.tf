output "topic" {
  description = "The topic of calls, as the service is told: projects/PROJECT/topics/NAME."
  value       = google_pubsub_topic.calls.id
}

output "subscription_name" {
  description = "Name of the subscription that pushes calls."
  value       = google_pubsub_subscription.calls.name
}

output "failed_subscription_name" {
  description = "Name of the subscription with calls that could not be answered."
  value       = google_pubsub_subscription.failed.name
}

output "push_caller" {
  description = "E-mail of the service account that calls are pushed as."
  value       = google_service_account.push.email
}

output "bucket_name" {
  description = "Name of the bucket of results."
  value       = google_storage_bucket.results.name
}

output "destination" {
  description = "Where results go, as the service is told: without a slash at the end, which Location adds."
  value       = "gs://${google_storage_bucket.results.name}"
}

output "longest_seconds" {
  description = "How long all attempts of one call may take, with a service that uses all of its time."
  value = local.attempts * local.ack_seconds + sum([
    for attempt in range(local.attempts - 1) : min(local.backoff_seconds.shortest * pow(2, attempt), local.backoff_seconds.longest)
  ])
}
