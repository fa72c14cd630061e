# The secrets behind one prefix of Secret Manager. Terraform owns their names, labels, place and key; it never learns
# their values: secrets are made without a version, and the proxy reads a secret without a version as absent.
#
# One replica, in the region of the proxy that reads it: what everything depends on lies where its reader is, and a key
# of that region can encrypt it. Neither can be changed later without making the secret anew.
#
# The provider changes only the labels that are written here. The proxy keeps its lease in others.

locals {
  # Without these the pseudonyms of yesterday and of tomorrow are two different people. Their resources stand apart
  # because `prevent_destroy` takes no condition.
  kept = [
    "PSOXY_SALT", "SALT_IP", "SALT_EMAIL_DOMAINS",
    "PSOXY_ENCRYPTION_KEY", "ENCRYPTION_KEY_IP", "ENCRYPTION_KEY_EMAIL_DOMAINS",
  ]

  # A destroyed version can be had back for so long. What it was is never needed for what the proxy writes.
  thirty_days = "2592000s"
}

resource "google_secret_manager_secret" "kept" {
  for_each = { for name, what in var.secrets : name => what if contains(local.kept, name) }

  secret_id           = "${var.prefix}${each.key}"
  annotations         = { what = each.value }
  labels              = var.labels
  version_destroy_ttl = local.thirty_days

  replication {
    user_managed {
      replicas {
        location = var.location

        dynamic "customer_managed_encryption" {
          for_each = var.kms_key_name[*]

          content {
            kms_key_name = customer_managed_encryption.value
          }
        }
      }
    }
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_secret_manager_secret" "replaceable" {
  for_each = { for name, what in var.secrets : name => what if !contains(local.kept, name) }

  secret_id           = "${var.prefix}${each.key}"
  annotations         = { what = each.value }
  labels              = var.labels
  version_destroy_ttl = local.thirty_days

  replication {
    user_managed {
      replicas {
        location = var.location

        dynamic "customer_managed_encryption" {
          for_each = var.kms_key_name[*]

          content {
            kms_key_name = customer_managed_encryption.value
          }
        }
      }
    }
  }
}

# What the proxy writes, behind the only prefix that it may write to. It may not make secrets, so they are made here.
resource "google_secret_manager_secret" "state" {
  for_each = var.written_by_service

  secret_id   = "${var.state_prefix}${each.key}"
  annotations = { what = each.value }
  labels      = var.labels

  replication {
    user_managed {
      replicas {
        location = var.location

        dynamic "customer_managed_encryption" {
          for_each = var.kms_key_name[*]

          content {
            kms_key_name = customer_managed_encryption.value
          }
        }
      }
    }
  }
}
