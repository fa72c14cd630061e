# What the function may do: read files of the input, write files of the outputs, read its settings and secrets, log. It
# can neither write the input nor delete anything, and rows in quarantine it cannot read again.

locals {
  parameters = "${local.arn_prefix}:ssm:${local.region_and_account}:parameter"
  vault      = "${local.arn_prefix}:secretsmanager:${local.region_and_account}:secret:"

  config_paths        = [local.config_path, local.shared_config_path]
  readable_parameters = [for path in local.config_paths : "${local.parameters}${path}*"]
  readable_secrets    = [for path in local.config_paths : "${local.vault}${path}*"]

  # What files of a place are called, by what it is for.
  files = { for key, bucket in local.buckets : key => "${local.arn_prefix}:s3:::${bucket}/${lookup(local.before, key, "")}*" }
  before = merge(
    { input = var.input.prefix, output = var.output.base_path },
    { for key, it in var.lookup_tables : key => it.path },
  )

  inputs     = [local.files.input]
  outputs    = [for key in sort(keys(local.places)) : local.files[key] if !contains(["input", "quarantine"], key)]
  quarantine = [for key, files in local.files : files if key == "quarantine"]

  # Names of buckets are one space for all accounts: a name that is mistyped, or free again, may be a stranger's.
  ours = { StringEquals = { "aws:ResourceAccount" = local.account_id } }

  statements = {
    logs = [{
      Sid      = "WriteItsLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["${aws_cloudwatch_log_group.function.arn}:*"]
    }]

    parameters = [{
      Sid      = "ReadParameters"
      Effect   = "Allow"
      Action   = ["ssm:GetParameter", "ssm:GetParameters"]
      Resource = local.readable_parameters
    }]

    secrets = var.secrets.store != "AWS_SECRETS_MANAGER" ? [] : [{
      Sid      = "ReadSecrets"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = local.readable_secrets
      }, {
      # AWS takes no narrower resource for the batch; each value in it still needs the statement above.
      Sid      = "ReadSecretsAtOnce"
      Effect   = "Allow"
      Action   = ["secretsmanager:BatchGetSecretValue"]
      Resource = ["*"]
    }]

    files = [{
      Sid       = "ReadFiles"
      Effect    = "Allow"
      Action    = ["s3:GetObject"]
      Resource  = local.inputs
      Condition = local.ours
      }, {
      # An upload in parts is given up when its file fails.
      Sid       = "WriteFiles"
      Effect    = "Allow"
      Action    = ["s3:PutObject", "s3:AbortMultipartUpload"]
      Resource  = local.outputs
      Condition = local.ours
      }, {
      # S3 tells of the same file more than once. Whether its work is done tells the output's metadata, which is read with
      # the right to read the output. Without the right to list, an output that is not there looks like one that may not
      # be read: both are made.
      Sid       = "SeeWhatIsDone"
      Effect    = "Allow"
      Action    = ["s3:GetObject"]
      Resource  = local.outputs
      Condition = local.ours
    }]

    quarantine = !var.quarantine.enabled ? [] : [{
      Sid       = "SetRowsAside"
      Effect    = "Allow"
      Action    = ["s3:PutObject", "s3:AbortMultipartUpload"]
      Resource  = local.quarantine
      Condition = local.ours
    }]

    failed = [{
      Sid      = "TellOfFailedFiles"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = [aws_sqs_queue.failed.arn]
    }]

    # Only by way of the services that keep things for the function: the key opens nothing else for it.
    key = var.kms_key_arn == null ? [] : [{
      Sid      = "UseKey"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
      Resource = [var.kms_key_arn]
      Condition = { StringEquals = { "kms:ViaService" = [
        for name in ["lambda", "s3", "secretsmanager", "sqs", "ssm"] : "${name}.${data.aws_region.current.region}.amazonaws.com"
      ] } }
    }]
  }

  # For whoever reads the sanitized files.
  reader_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Sid      = "FetchFiles"
        Effect   = "Allow"
        Action   = ["s3:GetObject"]
        Resource = [local.files.output]
        }, {
        Sid      = "ListFiles"
        Effect   = "Allow"
        Action   = ["s3:ListBucket"]
        Resource = ["${local.arn_prefix}:s3:::${local.buckets.output}"]
      }],
      var.kms_key_arn == null ? [] : [{
        Sid       = "OpenFiles"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [var.kms_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "s3.${data.aws_region.current.region}.amazonaws.com" } }
      }],
    )
  })
}

resource "aws_iam_role" "function" {
  name        = "${var.name}-function"
  description = "What the function ${var.name} may do"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    # Without a condition on aws:SourceAccount, as in aws-function.
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  name = "function"
  role = aws_iam_role.function.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.statements.logs,
      local.statements.parameters,
      local.statements.secrets,
      local.statements.files,
      local.statements.quarantine,
      local.statements.failed,
      local.statements.key,
    )
  })
}
