# Several connectors, in one function or in one each. The same description serves both: an operator who starts with one
# function and later wants the badge system kept apart changes `together` and nothing else. (URLs, functions and the
# connectors' own parameters are then others; the salt stays where it is.)

provider "aws" {
  region = var.region

  default_tags {
    tags = { application = "vizard" }
  }
}

locals {
  connectors = {
    zoom = {}

    badges = {
      rules_file = "${path.module}/badges.yaml"
      settings   = { TARGET_HOST = "api.badges.lumen-orchard.example", SOURCE_AUTH_STRATEGY_IDENTIFIER = "basic_auth" }
      secrets    = { BASIC_AUTH_USER_ID = "user of the badge system", BASIC_AUTH_PASSWORD = "its password" }
    }
  }

  functions = { for name in var.together ? ["all"] : keys(local.connectors) : name =>
    { for id, it in local.connectors : id => it if var.together || id == name }
  }
}

# One salt for all, so that a person has one pseudonym in all sources.
module "shared" {
  source = "../../modules/aws-secrets"

  path = "/vizard/shared/config/"
  secrets = {
    PSOXY_SALT           = "Salt of every pseudonym; never changed, kept in escrow"
    PSOXY_ENCRYPTION_KEY = "Key of reversible pseudonyms; never changed, kept in escrow"
  }
}

module "vizard" {
  source   = "../../modules/aws-function"
  for_each = local.functions

  name       = "vizard-${each.key}"
  connectors = each.value
  package    = { file = var.package_file }
  callers    = { principals = var.callers }
  secrets    = { shared_path = module.shared.path }
  settings   = { VIZARD_LOG = "info" }
  async      = { enabled = true }
}
