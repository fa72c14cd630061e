# Calls that are answered later: the service puts them into a topic, and Pub/Sub pushes them back to it.

module "async" {
  source = "../gcp-async"
  count  = var.async.enabled ? 1 : 0

  name           = var.name
  project_number = local.number
  location       = local.region
  service_url    = local.url
  expire_days    = var.async.expire_days
  kms_key_name   = var.kms_key_name
  labels         = var.labels
}
