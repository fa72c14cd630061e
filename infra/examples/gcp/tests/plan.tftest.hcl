# The example as it stands.

mock_provider "google" {
  mock_data "google_client_config" {
    defaults = { project = "lumen-orchard", region = "europe-west3" }
  }
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  project = "lumen-orchard"
  region  = "europe-west3"
  image   = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  callers = ["serviceAccount:analytics@lumen-orchard.iam.gserviceaccount.com"]
}

run "asks_for_five_secrets" {
  command = plan

  assert {
    condition     = length(output.secret_names) == 5 && output.environment.SOURCE == "zoom"
    error_message = "the example sets something else: ${jsonencode(output.secret_names)}"
  }
}
