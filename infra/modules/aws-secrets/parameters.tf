# Parameter Store. Each parameter begins with the placeholder `fill me`, which the proxy reads as absent.
#
# Everything but the tags is ignored later: any other change makes the provider write the parameter again, and it no
# longer knows the value. Another key or description takes effect when the value is next set.

resource "aws_ssm_parameter" "kept" {
  for_each = { for name, what in local.parameters : name => what if contains(local.kept, name) }

  name             = "${var.path}${each.key}"
  description      = each.value
  type             = "SecureString"
  key_id           = var.kms_key_arn
  value_wo         = "fill me"
  value_wo_version = 1
  tags             = var.tags

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [description, type, tier, key_id, data_type, allowed_pattern, value_wo_version]
  }
}

resource "aws_ssm_parameter" "replaceable" {
  for_each = { for name, what in local.parameters : name => what if !contains(local.kept, name) }

  name             = "${var.path}${each.key}"
  description      = each.value
  type             = "SecureString"
  key_id           = var.kms_key_arn
  value_wo         = "fill me"
  value_wo_version = 1
  tags             = var.tags

  lifecycle {
    ignore_changes = [description, type, tier, key_id, data_type, allowed_pattern, value_wo_version]
  }
}
