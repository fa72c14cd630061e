# What starts the service: Eventarc tells it of each file of the input that is there as a whole.
#
# Eventarc makes a topic and a subscription for that, whose names and whose retries are its own: an event that is not
# taken comes again after 10 seconds, then after longer and longer pauses of up to 10 minutes, for 24 hours. There is no
# queue of failed ones. The file itself stays in the input, and copied onto itself it comes again.

resource "google_eventarc_trigger" "input" {
  count = length(google_cloud_run_v2_service.this)

  name            = "${var.name}-input"
  location        = coalesce(var.input.location, local.region)
  service_account = google_service_account.events.email
  labels          = var.labels

  matching_criteria {
    attribute = "type"
    value     = "google.cloud.storage.object.v1.finalized"
  }

  matching_criteria {
    attribute = "bucket"
    value     = local.buckets.input
  }

  destination {
    cloud_run_service {
      service = google_cloud_run_v2_service.this[count.index].name
      region  = local.region
      path    = "/.vizard/events"
    }
  }

  # Eventarc looks whether the account may receive and Cloud Storage may tell, when the trigger is made.
  depends_on = [
    google_storage_bucket.made,
    google_project_iam_member.receive,
    google_project_iam_member.tell,
    google_cloud_run_v2_service_iam_member.events,
    google_service_account_iam_member.events,
  ]
}

# Who events come as: an account that can do nothing else.
resource "google_service_account" "events" {
  account_id   = "${var.name}-event"
  display_name = "Tells ${var.name} of files"
}

resource "google_cloud_run_v2_service_iam_member" "events" {
  count = length(google_cloud_run_v2_service.this)

  name     = google_cloud_run_v2_service.this[count.index].name
  location = local.region
  role     = "roles/run.invoker"
  member   = local.events_member
}

# Pub/Sub, which Eventarc delivers with, makes that account's tokens.
resource "google_service_account_iam_member" "events" {
  service_account_id = google_service_account.events.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = "serviceAccount:service-${local.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

# On the project, because Google takes these two nowhere else: what is received are events of all triggers that name this
# account, and there is one; the topic that Cloud Storage writes to is made by Eventarc, under a name that nobody knows
# before.
resource "google_project_iam_member" "receive" {
  project = local.project
  role    = "roles/eventarc.eventReceiver"
  member  = local.events_member
}

# What Cloud Storage itself works as; asking for it makes it, where it is not there yet.
data "google_storage_project_service_account" "storage" {}

resource "google_project_iam_member" "tell" {
  project = local.project
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:${data.google_storage_project_service_account.storage.email_address}"
}

locals {
  events_member = "serviceAccount:${google_service_account.events.email}"
}
