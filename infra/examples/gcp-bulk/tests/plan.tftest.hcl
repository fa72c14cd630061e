# The example as it stands: first without the service, then with it.

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
  readers = ["group:analysts@lumen-orchard.example"]
}

run "makes_three_buckets_and_asks_for_a_salt" {
  command = plan

  assert {
    condition     = keys(output.buckets) == ["input", "output", "teams"] && length(output.commands) == 2
    error_message = "the example makes something else: ${jsonencode(output.buckets)}"
  }
}

run "takes_the_salt_of_the_api_services" {
  command = plan

  variables {
    image         = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
    shared_prefix = "vizard_shared_"
  }

  assert {
    condition     = output.environment.PATH_TO_SHARED_CONFIG == "vizard_shared_" && length(output.commands) == 1
    error_message = "the salt is another: ${jsonencode(output.commands)}"
  }
}
