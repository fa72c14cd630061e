# Which rules the function may serve with, and how rules of one's own reach it.
#
# The hash always ends up in the environment, and the function refuses to start with rules that have another one: what
# was reviewed is what runs. Rules of one's own are an object that the function can read and cannot write.
#
# The object's key has the hash in it, because a published version keeps its environment and with it the hash: with
# rules in one place for all versions, the version that still answers while an apply is under way would meet the rules
# of the next one. Only what is in the configuration stays: Terraform deletes the object of other rules before, with all
# its versions, once the alias has moved on.

locals {
  sources = { for id, connector in var.connectors : id => coalesce(connector.source, id) }
  files   = { for id, connector in var.connectors : id => connector.rules_file if connector.rules_file != null }

  rules_sha256 = { for id, connector in var.connectors : id => (
    connector.rules_sha256 != null ? connector.rules_sha256 :
    connector.rules_file != null ? filesha256(connector.rules_file) :
    local.shipped_rules_sha256[local.sources[id]]
  ) }

  # What the key of the object begins with; the function puts rules.yaml behind it.
  rules_prefixes = { for id in keys(local.files) : id => "${id}/${local.rules_sha256[id]}/" }
}

resource "aws_s3_bucket" "rules" {
  # checkov:skip=CKV_AWS_18:the function reads one object at its start; changes are in CloudTrail
  # checkov:skip=CKV_AWS_144:made again by `apply`; a copy in another region is one more copy
  # checkov:skip=CKV2_AWS_62:nothing waits for events; the function reads at its start
  # checkov:skip=CKV2_AWS_61:a second version of an object is there only if somebody overwrote it, and is then evidence
  count = length(local.files) > 0 ? 1 : 0

  bucket = "${var.name}-rules-${data.aws_caller_identity.current.account_id}-${data.aws_region.current.region}"
  tags   = var.tags
}

resource "aws_s3_bucket_public_access_block" "rules" {
  count = length(aws_s3_bucket.rules)

  bucket                  = aws_s3_bucket.rules[count.index].id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "rules" {
  count  = length(aws_s3_bucket.rules)
  bucket = aws_s3_bucket.rules[count.index].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "rules" {
  count  = length(aws_s3_bucket.rules)
  bucket = aws_s3_bucket.rules[count.index].id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "rules" {
  count  = length(aws_s3_bucket.rules)
  bucket = aws_s3_bucket.rules[count.index].id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_policy" "rules" {
  count  = length(aws_s3_bucket.rules)
  bucket = aws_s3_bucket.rules[count.index].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.rules[count.index].arn, "${aws_s3_bucket.rules[count.index].arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  depends_on = [aws_s3_bucket_public_access_block.rules]
}

resource "aws_s3_object" "rules" {
  for_each = local.files

  bucket       = aws_s3_bucket.rules[0].id
  key          = "${local.rules_prefixes[each.key]}rules.yaml"
  source       = each.value # the file's bytes, those that the hash is of
  content_type = "application/yaml"
  tags         = var.tags

  depends_on = [aws_s3_bucket_versioning.rules, aws_s3_bucket_server_side_encryption_configuration.rules]

  lifecycle {
    # The new object before the new version, the old one gone only after the alias points to it.
    create_before_destroy = true
  }
}
