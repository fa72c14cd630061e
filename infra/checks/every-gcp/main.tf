# No example: every part that is optional, for the checks that look only at what a root module makes.

module "vizard" {
  source = "../../modules/gcp-service"

  name         = "vizard"
  connectors   = { zoom = { rules_file = "../../../rules/zoom/rules.yaml" } }
  image        = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  callers      = { members = ["group:analysts@lumen-orchard.example"], audiences = ["https://vizard.lumen-orchard.example"] }
  endpoint     = "load_balancer"
  limits       = { min_instances = 1 }
  kms_key_name = "projects/lumen-orchard/locations/europe-west3/keyRings/vizard/cryptoKeys/vizard"
  async        = { enabled = true }
  side_outputs = { original = "gs://lumen-lake/original", sanitized = "gs://lumen-lake/sanitized" }
  alarms       = { notification_channels = ["projects/lumen-orchard/notificationChannels/1234567890"] }
}
