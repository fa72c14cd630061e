# Where salt and settings stand. A service for files has no credentials of a source, and writes no secret.

locals {
  config_prefix = "${var.name}_"
  shared_prefix = coalesce(var.secrets.shared_prefix, "${var.name}_shared_")

  shared_secrets = {
    PSOXY_SALT           = "Salt of every pseudonym; never changed, kept in escrow"
    PSOXY_ENCRYPTION_KEY = "Key of reversible pseudonyms; never changed, kept in escrow"
  }

  readable_secrets = [for name in sort(var.secrets.shared_names) : "${local.shared_prefix}${name}"]

  # Names that are not for `settings`: what is secret would be shown, what the module sets would be overruled, and
  # others would lead the service elsewhere.
  not_settings = concat(
    keys(local.shared_secrets),
    ["SALT_IP", "SALT_EMAIL_DOMAINS", "ENCRYPTION_KEY_IP", "ENCRYPTION_KEY_EMAIL_DOMAINS"],
    [
      "RULES", "VIZARD_RULES_SHA256", "REMOTE_RESOURCE_BUCKET", "INSTANCE_RESOURCE_PATH", "PATH_TO_INSTANCE_CONFIG",
      "PATH_TO_SHARED_CONFIG", "SECRETS_STORE", "VIZARD_SECRET_NAMES", "VIZARD_SECRETS_DIR", "GOOGLE_CLOUD_PROJECT",
      "VIZARD_GOOGLE_ENDPOINT", "GCE_METADATA_HOST", "K_SERVICE", "PORT", "REQUEST_TIMEOUT_SECONDS",
      "VIZARD_CONCURRENCY", "VIZARD_TRUSTED_HOPS", "VIZARD_CALLER_AUTH", "VIZARD_CONNECTORS", "INPUT_BUCKET",
      "OUTPUT_BUCKET", "INPUT_BASE_PATH", "OUTPUT_BASE_PATH", "ADDITIONAL_TRANSFORMS", "VIZARD_BULK_BAD_ROWS",
      "VIZARD_BULK_QUARANTINE_BUCKET",
    ],
  )
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
