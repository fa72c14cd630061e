# The topic of calls that are answered later, the subscription that pushes them to the service, and where they go that
# could not be answered.
#
# A message is a call as it came in, with identifiers that may be pseudonyms or not; it stays in the region and is
# encrypted like the results.

locals {
  # As long as Pub/Sub can wait for an answer, and longer than the service takes (at most 600 seconds).
  ack_seconds = 600

  # A call that failed waits for so long, twice as long each time.
  backoff_seconds = { shortest = 10, longest = 120 }

  # The fewest that Pub/Sub takes. From the third on the service puts a problem where the answer would be.
  attempts = 5

  # What Pub/Sub itself works as.
  pubsub_member = "serviceAccount:service-${var.project_number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_pubsub_topic" "calls" {
  name         = "${var.name}-calls"
  kms_key_name = var.kms_key_name
  labels       = var.labels

  message_storage_policy {
    allowed_persistence_regions = [var.location]
  }
}

resource "google_pubsub_topic" "failed" {
  name         = "${var.name}-calls-failed"
  kms_key_name = var.kms_key_name
  labels       = var.labels

  message_storage_policy {
    allowed_persistence_regions = [var.location]
  }
}

resource "google_pubsub_subscription" "calls" {
  name                       = "${var.name}-calls"
  topic                      = google_pubsub_topic.calls.id
  ack_deadline_seconds       = local.ack_seconds
  message_retention_duration = "86400s" # a caller who waited a day has asked again
  labels                     = var.labels

  push_config {
    push_endpoint = "${var.service_url}/.vizard/calls"

    oidc_token {
      service_account_email = google_service_account.push.email
      audience              = var.service_url
    }
  }

  retry_policy {
    minimum_backoff = "${local.backoff_seconds.shortest}s"
    maximum_backoff = "${local.backoff_seconds.longest}s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.failed.id
    max_delivery_attempts = local.attempts
  }

  expiration_policy {
    ttl = "" # never: a quiet month is no reason to lose calls
  }

  # Without these Pub/Sub would take the policy and put nothing aside.
  depends_on = [google_pubsub_topic_iam_member.failed, google_service_account_iam_member.push]
}

resource "google_pubsub_subscription" "failed" {
  name                       = "${var.name}-calls-failed"
  topic                      = google_pubsub_topic.failed.id
  ack_deadline_seconds       = local.ack_seconds
  message_retention_duration = "1209600s" # 14 days: somebody has to look
  labels                     = var.labels

  expiration_policy {
    ttl = ""
  }
}

# Who calls are pushed as: an account that can do nothing else.
resource "google_service_account" "push" {
  account_id   = "${var.name}-push"
  display_name = "Pushes queued calls to ${var.name}"
}

# Pub/Sub makes that account's tokens.
resource "google_service_account_iam_member" "push" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = local.pubsub_member
}

# Pub/Sub puts calls aside that failed, and takes them from the subscription they failed in.
resource "google_pubsub_topic_iam_member" "failed" {
  topic  = google_pubsub_topic.failed.id
  role   = "roles/pubsub.publisher"
  member = local.pubsub_member
}

resource "google_pubsub_subscription_iam_member" "calls" {
  subscription = google_pubsub_subscription.calls.id
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_member
}
