# No example: every part that is optional, for the checks that look only at what a root module makes.

module "vizard" {
  source = "../../modules/gcp-bulk"

  name          = "vizard-files"
  rules         = { file = "../../examples/gcp-bulk/people.yaml" }
  image         = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  output        = { versioned = true }
  quarantine    = { enabled = true }
  lookup_tables = { teams = { rules_file = "../../examples/gcp-bulk/teams.yaml" } }
  readers       = ["group:analysts@lumen-orchard.example"]
  kms_key_name  = "projects/lumen-orchard/locations/europe-west3/keyRings/vizard/cryptoKeys/vizard"
  alarms        = { notification_channels = ["projects/lumen-orchard/notificationChannels/1234567890"] }
}
