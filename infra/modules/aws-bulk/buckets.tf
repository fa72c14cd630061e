# Where files come from and go. Each is a bucket of its own, because others may read each: the one who delivers writes
# the input, analysts read the output, and rows in quarantine are for whoever may see them as they came.

locals {
  # By what they are for. A bucket that is null is made here.
  places = merge(
    {
      input  = { bucket = var.input.bucket, expire_days = var.input.expire_days, versioned = false }
      output = { bucket = var.output.bucket, expire_days = var.output.expire_days, versioned = var.output.versioned }
    },
    !var.quarantine.enabled ? {} : {
      quarantine = { bucket = var.quarantine.bucket, expire_days = var.quarantine.expire_days, versioned = false }
    },
    { for key, it in var.lookup_tables : key => { bucket = it.bucket, expire_days = it.expire_days, versioned = false } },
  )

  # Names of buckets are one space for all accounts: with account and region they are still the same in each plan.
  buckets = { for key, it in local.places : key =>
    it.bucket != null ? it.bucket : "${var.name}-${key}-${local.account_id}-${data.aws_region.current.region}"
  }

  # What stays for a month where `versioned` asks for it; elsewhere nothing outlives its replacement.
  replaced_days = 30
}

resource "aws_s3_bucket" "made" {
  # checkov:skip=CKV_AWS_18:who wrote and read what is in CloudTrail data events, which belong to the account, not to a module
  # checkov:skip=CKV_AWS_144:outputs are made again from inputs; a copy in another region is one more copy
  for_each = { for key, it in local.places : key => it if it.bucket == null }

  bucket        = local.buckets[each.key]
  force_destroy = false
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "made" {
  for_each = aws_s3_bucket.made

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "made" {
  for_each = aws_s3_bucket.made
  bucket   = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_versioning" "made" {
  for_each = { for key, it in aws_s3_bucket.made : key => it if local.places[key].versioned }
  bucket   = each.value.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "made" {
  for_each = aws_s3_bucket.made
  bucket   = each.value.id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "made" {
  for_each = aws_s3_bucket.made
  bucket   = each.value.id

  rule {
    id     = "expire"
    status = "Enabled"
    filter {}

    expiration {
      days = local.places[each.key].expire_days
    }

    noncurrent_version_expiration {
      noncurrent_days = local.replaced_days
    }

    # Parts of an output whose function was cut off: they are no object, and nobody would see them but the bill.
    abort_incomplete_multipart_upload {
      days_after_initiation = 1
    }
  }
}

resource "aws_s3_bucket_policy" "made" {
  for_each = aws_s3_bucket.made
  bucket   = each.value.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyOverTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [each.value.arn, "${each.value.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  # Both change who may see the bucket; AWS refuses them at the same moment.
  depends_on = [aws_s3_bucket_public_access_block.made]
}
