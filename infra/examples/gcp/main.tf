# Zoom behind one service. docs/DEPLOY-GCP.md goes through it step by step.

provider "google" {
  project = var.project
  region  = var.region
}

module "zoom" {
  source = "../../modules/gcp-service"

  name       = "vizard"
  connectors = { zoom = {} }
  image      = var.image
  callers    = { members = var.callers }

  alarms = { notification_channels = var.alarm_channels }
  labels = { application = "vizard" }
}
