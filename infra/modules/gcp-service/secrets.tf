# Which secrets there are: behind one prefix what the service reads, behind another what it writes, and what it shares
# with others. Ids in Secret Manager have no slashes.

locals {
  id        = keys(var.connectors)[0]
  connector = var.connectors[local.id]
  secrets   = local.connector.secrets != null ? local.connector.secrets : try(local.shipped_secrets[local.source], {})

  # Names have no underscores and the parts between them no capitals, so that no two of these are the same.
  config_prefix = "${var.name}_${local.id}_"
  state_prefix  = "${var.name}_${local.id}_state_"
  shared_prefix = coalesce(var.secrets.shared_prefix, "${var.name}_shared_")

  # Names that are not for `settings`: what is secret would be shown, what the module sets would be overruled, and
  # others would lead the service elsewhere.
  not_settings = concat(
    keys(local.shared_secrets), keys(local.written_by_service),
    flatten([for secrets in values(local.shipped_secrets) : keys(secrets)]),
    [
      "SALT_IP", "SALT_EMAIL_DOMAINS", "ENCRYPTION_KEY_IP", "ENCRYPTION_KEY_EMAIL_DOMAINS", "PRIVATE_KEY",
      "BASIC_AUTH_PASSWORD", "ADMIN_API_KEY", "SERVICE_KEY", "SERVICE_ACCOUNT_KEY",
    ],
    [
      "SOURCE", "RULES", "VIZARD_RULES_SHA256", "REMOTE_RESOURCE_BUCKET", "INSTANCE_RESOURCE_PATH",
      "PATH_TO_INSTANCE_CONFIG", "PATH_TO_SHARED_CONFIG", "VIZARD_STATE_PATH", "SECRETS_STORE", "VIZARD_SECRET_NAMES",
      "VIZARD_SECRETS_DIR", "GOOGLE_CLOUD_PROJECT", "VIZARD_GOOGLE_ENDPOINT", "GCE_METADATA_HOST", "K_SERVICE",
      "PORT", "REQUEST_TIMEOUT_SECONDS", "VIZARD_CONCURRENCY", "VIZARD_TRUSTED_HOPS", "VIZARD_CALLER_AUTH",
      "VIZARD_PUSH_CALLER", "VIZARD_PUSH_ISSUER", "SERVICE_URL", "ASYNC_PUB_SUB_QUEUE", "ASYNC_OUTPUT_DESTINATION",
      "SIDE_OUTPUT_ORIGINAL", "SIDE_OUTPUT_SANITIZED", "VIZARD_CONNECTORS",
    ],
  )

  shared_secrets = {
    PSOXY_SALT           = "Salt of every pseudonym; never changed, kept in escrow"
    PSOXY_ENCRYPTION_KEY = "Key of reversible pseudonyms; never changed, kept in escrow"
  }

  written_by_service = {
    ACCESS_TOKEN        = "Current access token, written by the service"
    REFRESH_TOKEN       = "Latest refresh token, written by the service where the source replaces it; the operator sets the first one here"
    OAUTH_REFRESH_TOKEN = "The lease of who fetches the next token, in the labels of this secret; it never has a value"
  }

  # The operator sets the first refresh token where the service writes the next: in two places, one would be stale.
  shared_names         = [for name in sort(var.secrets.shared_names) : "${local.shared_prefix}${name}"]
  readable_secrets     = concat(local.shared_names, module.secrets.names)
  writable_secrets     = module.secrets.state_names
  first_refresh_tokens = contains(keys(local.secrets), "REFRESH_TOKEN") ? ["${local.state_prefix}REFRESH_TOKEN"] : []
}

module "shared_secrets" {
  source = "../gcp-secrets"
  count  = var.secrets.shared_prefix == null ? 1 : 0

  prefix       = local.shared_prefix
  location     = local.region
  secrets      = { for name, what in local.shared_secrets : name => what if contains(var.secrets.shared_names, name) }
  kms_key_name = var.kms_key_name
  labels       = var.labels
}

module "secrets" {
  source = "../gcp-secrets"

  prefix             = local.config_prefix
  state_prefix       = local.state_prefix
  location           = local.region
  secrets            = { for name, what in local.secrets : name => what if name != "REFRESH_TOKEN" }
  written_by_service = { for name, what in local.written_by_service : name => what if name != "REFRESH_TOKEN" || contains(keys(local.secrets), name) }
  kms_key_name       = var.kms_key_name
  labels             = var.labels
}
