terraform {
  # 1.11 knows write-only arguments, which keep secrets out of the state.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source = "hashicorp/aws"
      # Both ends are checked against the provider's own schema: see ../../checks.
      version = ">= 6.0, < 7.0"
    }
  }
}
