terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source = "hashicorp/google"
      # Both ends are checked against the provider's own schema: see ../../checks.
      version = ">= 6.50, < 9.0"
    }
  }
}
