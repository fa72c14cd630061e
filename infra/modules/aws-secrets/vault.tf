# Secrets Manager. The secrets are made without a version: there is no value that a state could hold, and the proxy
# reads a secret without a version as absent.

resource "aws_secretsmanager_secret" "kept" {
  # checkov:skip=CKV2_AWS_57:a rotated salt or key would make other pseudonyms of everybody
  for_each = { for name, what in local.vault : name => what if contains(local.kept, name) }

  name                    = "${var.path}${each.key}"
  description             = each.value
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 30
  tags                    = var.tags

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_secretsmanager_secret" "replaceable" {
  # checkov:skip=CKV2_AWS_57:only the source can make another credential; docs/DEPLOY-AWS.md tells how it is rotated
  for_each = { for name, what in local.vault : name => what if !contains(local.kept, name) }

  name                    = "${var.path}${each.key}"
  description             = each.value
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 7
  tags                    = var.tags
}

# What the function writes, below the only path it may write to. It may not make secrets, so they are made here.
resource "aws_secretsmanager_secret" "state" {
  # checkov:skip=CKV2_AWS_57:the function replaces it when the source gives another
  for_each = local.state

  name                    = "${var.state_path}${each.key}"
  description             = each.value
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 7
  tags                    = var.tags
}
