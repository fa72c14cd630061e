# What the function reads at start-up. Nothing secret: every value here is shown by the console and by `plan`.

locals {
  single = length(var.connectors) == 1

  # A setting of one connector among several is `ID__NAME`; with one connector it is NAME.
  prefixes = { for id in keys(var.connectors) : id => local.single ? "" : "${upper(replace(id, "-", "_"))}__" }

  # First what the operator set, then what the module knows, which therefore wins.
  by_connector = { for id, connector in local.connectors : id => merge(
    connector.settings,
    {
      SOURCE                  = local.sources[id]
      PATH_TO_INSTANCE_CONFIG = connector.config_path
      VIZARD_STATE_PATH       = connector.state_path
      VIZARD_RULES_SHA256     = local.rules_sha256[id]
    },
    !contains(keys(local.files), id) ? {} : {
      REMOTE_RESOURCE_BUCKET = aws_s3_bucket.rules[0].bucket
      INSTANCE_RESOURCE_PATH = local.rules_prefixes[id]
    },
  ) }

  for_all = merge(
    var.settings,
    {
      PATH_TO_SHARED_CONFIG   = local.shared_config_path
      SECRETS_STORE           = var.secrets.store
      REQUEST_TIMEOUT_SECONDS = tostring(local.timeout_seconds)
    },
    var.kms_key_arn == null ? {} : { VIZARD_KMS_KEY_ID = var.kms_key_arn },
    local.single ? {} : { VIZARD_CONNECTORS = join(",", sort(keys(var.connectors))) },
    !var.async.enabled ? {} : {
      ASYNC_API_REQUEST_QUEUE_URL = module.async[0].queue_url
      ASYNC_OUTPUT_DESTINATION    = module.async[0].destination
    },
    var.side_outputs.original == null ? {} : { SIDE_OUTPUT_ORIGINAL = var.side_outputs.original },
    var.side_outputs.sanitized == null ? {} : { SIDE_OUTPUT_SANITIZED = var.side_outputs.sanitized },
  )

  environment = tomap(merge(local.for_all, [
    for id, settings in local.by_connector : { for name, value in settings : "${local.prefixes[id]}${name}" => value }
  ]...))

  environment_size = sum([for name, value in local.environment : length(name) + length(value)])
}
