terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 9.0"
    }
  }

  # Keep the state where only operators read it. It holds no secret, but it holds your project and accounts.
  # backend "gcs" {}
}
