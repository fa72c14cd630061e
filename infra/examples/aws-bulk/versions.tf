terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0, < 7.0"
    }
  }

  # Keep the state where only operators read it. It holds no secret, but it holds your accounts and roles.
  # backend "s3" {}
}
