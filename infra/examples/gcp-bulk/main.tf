# Files of a personnel system, sanitized as they come. docs/DEPLOY-GCP.md goes through it.

provider "google" {
  project = var.project
  region  = var.region
}

module "people" {
  source = "../../modules/gcp-bulk"

  name          = "vizard-people"
  rules         = { file = "people.yaml" }
  image         = var.image
  lookup_tables = { teams = { rules_file = "teams.yaml" } }
  readers       = var.readers
  secrets       = { shared_prefix = var.shared_prefix }

  alarms = { notification_channels = var.alarm_channels }
  labels = { application = "vizard" }
}
