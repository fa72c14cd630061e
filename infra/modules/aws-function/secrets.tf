# Where settings and secrets stand: below config/ what the function reads, below state/ what it writes.

locals {
  connectors = { for id, connector in var.connectors : id => merge(connector, {
    config_path = "/${var.name}/${id}/config/"
    state_path  = "/${var.name}/${id}/state/"
    secrets     = connector.secrets != null ? connector.secrets : try(local.shipped_secrets[local.sources[id]], {})
  }) }

  shared_config_path = coalesce(var.secrets.shared_path, "/${var.name}/shared/config/")

  # Names that are not for `settings`: what is secret would be shown, what the module sets would be overruled.
  not_settings = concat(
    keys(local.shared_secrets), keys(local.written_by_function),
    flatten([for secrets in values(local.shipped_secrets) : keys(secrets)]),
    [
      "SALT_IP", "SALT_EMAIL_DOMAINS", "ENCRYPTION_KEY_IP", "ENCRYPTION_KEY_EMAIL_DOMAINS", "PRIVATE_KEY",
      "BASIC_AUTH_PASSWORD", "ADMIN_API_KEY", "SERVICE_KEY", "SERVICE_ACCOUNT_KEY",
    ],
    [
      "SOURCE", "RULES", "VIZARD_RULES_SHA256", "REMOTE_RESOURCE_BUCKET", "INSTANCE_RESOURCE_PATH",
      "PATH_TO_INSTANCE_CONFIG", "PATH_TO_SHARED_CONFIG", "VIZARD_STATE_PATH", "SECRETS_STORE", "VIZARD_KMS_KEY_ID",
      "REQUEST_TIMEOUT_SECONDS", "VIZARD_CONNECTORS", "ASYNC_API_REQUEST_QUEUE_URL", "ASYNC_OUTPUT_DESTINATION",
      "SIDE_OUTPUT_ORIGINAL", "SIDE_OUTPUT_SANITIZED",
    ],
  )

  shared_secrets = {
    PSOXY_SALT           = "Salt of every pseudonym; never changed, kept in escrow"
    PSOXY_ENCRYPTION_KEY = "Key of reversible pseudonyms; never changed, kept in escrow"
  }

  # In Parameter Store the function makes these when it first needs them.
  written_by_function = {
    ACCESS_TOKEN  = "Current access token, written by the function"
    REFRESH_TOKEN = "Latest refresh token, written by the function where the source replaces it"
  }

  # The operator sets the first one, where the function writes the next: in two places, one would be stale.
  first_refresh_tokens = [for it in values(local.connectors) : "${it.state_path}REFRESH_TOKEN" if contains(keys(it.secrets), "REFRESH_TOKEN")]
}

module "shared_secrets" {
  source = "../aws-secrets"
  count  = var.secrets.shared_path == null ? 1 : 0

  path        = local.shared_config_path
  secrets     = local.shared_secrets
  store       = var.secrets.store
  kms_key_arn = var.kms_key_arn
  tags        = var.tags
}

module "secrets" {
  source   = "../aws-secrets"
  for_each = local.connectors

  path                = each.value.config_path
  state_path          = each.value.state_path
  secrets             = { for name, what in each.value.secrets : name => what if name != "REFRESH_TOKEN" }
  written_by_function = { for name, what in local.written_by_function : name => what if name == "ACCESS_TOKEN" || contains(keys(each.value.secrets), name) }
  store               = var.secrets.store
  kms_key_arn         = var.kms_key_arn
  tags                = var.tags
}
