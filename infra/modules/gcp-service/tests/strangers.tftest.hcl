# Who must not get as far as a plan: callers whom nobody knows.

mock_provider "google" {
  mock_data "google_client_config" {
    defaults = { project = "lumen-orchard", region = "europe-west3" }
  }
  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }
}

variables {
  name       = "vizard"
  connectors = { zoom = {} }
  image      = "europe-west3-docker.pkg.dev/lumen-orchard/vizard/server@sha256:e0f479e5a6e6ac4e7e9325dc2a3305204d03e1671136f52a818629cd091ab366"
  callers    = { members = ["serviceAccount:analytics@lumen-orchard.iam.gserviceaccount.com"] }
}

run "everybody" {
  command = plan

  variables {
    callers = { members = ["allUsers"] }
  }

  expect_failures = [var.callers]
}

run "everybody_with_an_account" {
  command = plan

  variables {
    callers = { members = ["allAuthenticatedUsers"] }
  }

  expect_failures = [var.callers]
}

run "everybody_beside_somebody" {
  command = plan

  variables {
    callers = { members = ["user:nora@lumen-orchard.example", "allUsers"] }
  }

  expect_failures = [var.callers]
}

run "a_whole_domain" {
  command = plan

  variables {
    callers = { members = ["domain:lumen-orchard.example"] }
  }

  expect_failures = [var.callers]
}

run "callers_by_wildcard" {
  command = plan

  variables {
    callers = { members = ["user:*@lumen-orchard.example"] }
  }

  expect_failures = [var.callers]
}

run "nobody_to_call" {
  command = plan

  variables {
    callers = { members = [] }
  }

  expect_failures = [var.callers]
}

run "any_audience" {
  command = plan

  variables {
    callers = { members = ["user:nora@lumen-orchard.example"], audiences = ["*"] }
  }

  expect_failures = [var.callers]
}
