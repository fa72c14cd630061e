# What the service reads at start-up. Nothing secret: every value here is shown by the console and by `plan`.

locals {
  # First what the operator set, then what the module knows, which therefore wins.
  of_connector = merge(
    local.connector.settings,
    {
      SOURCE                  = local.source
      PATH_TO_INSTANCE_CONFIG = local.config_prefix
      VIZARD_STATE_PATH       = local.state_prefix
      VIZARD_RULES_SHA256     = local.rules_sha256
    },
    local.connector.rules_file == null ? {} : {
      REMOTE_RESOURCE_BUCKET = google_storage_bucket.rules[0].name
      INSTANCE_RESOURCE_PATH = local.rules_prefix
    },
  )

  for_all = merge(
    var.settings,
    {
      PATH_TO_SHARED_CONFIG = local.shared_prefix
      SECRETS_STORE         = "GCP_SECRET_MANAGER"
      GOOGLE_CLOUD_PROJECT  = local.project
      # A secret that is not in this list is absent without asking: Google refuses to say so to who may not list them.
      VIZARD_SECRET_NAMES     = join(",", sort(concat(local.readable_secrets, local.writable_secrets)))
      VIZARD_CALLER_AUTH      = "platform"
      VIZARD_TRUSTED_HOPS     = var.endpoint == "load_balancer" ? "2" : "1"
      REQUEST_TIMEOUT_SECONDS = tostring(var.limits.timeout_seconds)
      # More than Cloud Run sends, or a call that comes while the one before it leaves would be turned away.
      VIZARD_CONCURRENCY = tostring(var.limits.concurrency + 8)
    },
    !var.async.enabled ? {} : {
      ASYNC_PUB_SUB_QUEUE      = module.async[0].topic
      ASYNC_OUTPUT_DESTINATION = module.async[0].destination
      SERVICE_URL              = local.url
      VIZARD_PUSH_CALLER       = module.async[0].push_caller
    },
    var.side_outputs.original == null ? {} : { SIDE_OUTPUT_ORIGINAL = var.side_outputs.original },
    var.side_outputs.sanitized == null ? {} : { SIDE_OUTPUT_SANITIZED = var.side_outputs.sanitized },
  )

  environment = tomap(merge(local.for_all, local.of_connector))
}
