# Where salt and settings stand. A function for files has no credentials of a source, and writes no secret.

locals {
  config_path        = "/${var.name}/config/"
  shared_config_path = coalesce(var.secrets.shared_path, "/${var.name}/shared/config/")

  shared_secrets = {
    PSOXY_SALT           = "Salt of every pseudonym; never changed, kept in escrow"
    PSOXY_ENCRYPTION_KEY = "Key of reversible pseudonyms; never changed, kept in escrow"
  }

  # Names that are not for `settings`: what is secret would be shown, what the module sets would be overruled.
  not_settings = concat(
    keys(local.shared_secrets),
    ["SALT_IP", "SALT_EMAIL_DOMAINS", "ENCRYPTION_KEY_IP", "ENCRYPTION_KEY_EMAIL_DOMAINS"],
    [
      "RULES", "VIZARD_RULES_SHA256", "REMOTE_RESOURCE_BUCKET", "INSTANCE_RESOURCE_PATH", "PATH_TO_INSTANCE_CONFIG",
      "PATH_TO_SHARED_CONFIG", "SECRETS_STORE", "VIZARD_CONNECTORS", "INPUT_BUCKET", "OUTPUT_BUCKET",
      "INPUT_BASE_PATH", "OUTPUT_BASE_PATH", "ADDITIONAL_TRANSFORMS", "VIZARD_BULK_BAD_ROWS",
      "VIZARD_BULK_QUARANTINE_BUCKET",
    ],
  )
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
