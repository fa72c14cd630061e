# How calls wait, come back and are put aside.

mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = { email = "vizard-push@lumen-orchard.iam.gserviceaccount.com", name = "projects/lumen-orchard/serviceAccounts/vizard-push" }
  }
  mock_resource "google_pubsub_topic" {
    defaults = { id = "projects/lumen-orchard/topics/t" }
  }
}

variables {
  name           = "vizard"
  project_number = "123456789012"
  location       = "europe-west3"
  service_url    = "https://vizard-123456789012.europe-west3.run.app"
}

run "pushes_with_a_token_for_this_service" {
  command = apply

  assert {
    condition = (
      google_pubsub_subscription.calls.push_config[0].push_endpoint == "https://vizard-123456789012.europe-west3.run.app/.vizard/calls"
      && google_pubsub_subscription.calls.push_config[0].oidc_token[0].audience == var.service_url
      && google_pubsub_subscription.calls.push_config[0].oidc_token[0].service_account_email == "vizard-push@lumen-orchard.iam.gserviceaccount.com"
    )
    error_message = "calls are pushed elsewhere, or with a token for somebody else"
  }

  assert {
    condition = (
      google_pubsub_subscription.calls.dead_letter_policy[0].max_delivery_attempts == 5
      && google_pubsub_subscription.calls.ack_deadline_seconds == 600
      && google_pubsub_topic_iam_member.failed.member == "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"
      && google_pubsub_subscription_iam_member.calls.role == "roles/pubsub.subscriber"
    )
    error_message = "calls that fail are not put aside"
  }

  # Nobody asks for a quiet service's subscriptions to be deleted.
  assert {
    condition     = alltrue([for it in [google_pubsub_subscription.calls, google_pubsub_subscription.failed] : it.expiration_policy[0].ttl == ""])
    error_message = "a subscription ends by itself"
  }
}

# Callers are told to give up after an hour.
run "all_attempts_end_within_the_hour" {
  command = plan

  assert {
    condition     = output.longest_seconds == 5 * 600 + 10 + 20 + 40 + 80 && output.longest_seconds < 3600
    error_message = "attempts may take ${output.longest_seconds} seconds"
  }
}

run "results_are_nobodys_and_end" {
  command = plan

  variables {
    expire_days  = 3
    kms_key_name = "projects/lumen-orchard/locations/europe-west3/keyRings/vizard/cryptoKeys/vizard"
  }

  assert {
    condition = (
      google_storage_bucket.results.public_access_prevention == "enforced" && google_storage_bucket.results.uniform_bucket_level_access
      && google_storage_bucket.results.soft_delete_policy[0].retention_duration_seconds == 0
      && [for it in google_storage_bucket.results.lifecycle_rule : one(it.condition).age if one(it.action).type == "Delete"] == [3]
    )
    error_message = "results are public, or stay"
  }

  assert {
    condition     = google_storage_bucket.results.encryption[0].default_kms_key_name == var.kms_key_name && google_pubsub_topic.calls.kms_key_name == var.kms_key_name
    error_message = "the key is not used"
  }
}
