# Which rules the service may serve with, and how rules of one's own reach it.
#
# The hash always ends up in the environment, and the service refuses to start with rules that have another one: what
# was reviewed is what runs. Rules of one's own are an object that the service can read and cannot write; a variable
# would be too small for most.
#
# The object's name has the hash in it, because a revision keeps its environment and with it the hash: with rules in one
# place for all revisions, the one that still answers while an apply is under way would meet the rules of the next one.
# Only what is in the configuration stays: Terraform deletes the object of other rules before, once the new revision is
# ready.

locals {
  source = coalesce(local.connector.source, local.id)
  files  = { for id, connector in var.connectors : id => connector.rules_file if connector.rules_file != null }

  rules_sha256 = (
    local.connector.rules_sha256 != null ? local.connector.rules_sha256 :
    local.connector.rules_file != null ? filesha256(local.connector.rules_file) :
    local.shipped_rules_sha256[local.source]
  )

  # What the name of the object begins with; the service puts rules.yaml behind it.
  rules_prefix = "${local.id}/${local.rules_sha256}/"
}

resource "google_storage_bucket" "rules" {
  # checkov:skip=CKV_GCP_62:the service reads one object at its start; changes are in the project's audit logs
  count = length(local.files) > 0 ? 1 : 0

  name                        = "${var.name}-rules-${local.number}"
  location                    = local.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = false
  labels                      = var.labels

  # A second version of an object is there only if somebody overwrote it, and is then evidence.
  versioning {
    enabled = true
  }

  dynamic "encryption" {
    for_each = var.kms_key_name[*]

    content {
      default_kms_key_name = encryption.value
    }
  }
}

resource "google_storage_bucket_object" "rules" {
  for_each = local.files

  bucket       = google_storage_bucket.rules[0].name
  name         = "${local.rules_prefix}rules.yaml"
  source       = each.value # the file's bytes, those that the hash is of
  content_type = "application/yaml"

  lifecycle {
    # The new object before the new revision, the old one gone only after that is ready.
    create_before_destroy = true
  }
}
