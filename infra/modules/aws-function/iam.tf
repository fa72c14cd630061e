# What the function may do: read its own settings and secrets, write below its state paths, log, and what the optional
# parts need. It can change neither rules nor configuration, and create no parameter that another function reads.

locals {
  config_paths = concat([local.shared_config_path], [for id in sort(keys(local.connectors)) : local.connectors[id].config_path])
  state_paths  = [for id in sort(keys(local.connectors)) : local.connectors[id].state_path]

  parameters = "${local.arn_prefix}:ssm:${local.region_and_account}:parameter"
  vault      = "${local.arn_prefix}:secretsmanager:${local.region_and_account}:secret:"

  readable_parameters = [for path in concat(local.config_paths, local.state_paths) : "${local.parameters}${path}*"]
  writable_parameters = [for path in local.state_paths : "${local.parameters}${path}*"]
  readable_secrets    = [for path in concat(local.config_paths, local.state_paths) : "${local.vault}${path}*"]
  writable_secrets    = [for path in local.state_paths : "${local.vault}${path}*"]

  # s3://bucket/prefix of the side outputs, as ARNs of what lies there.
  side_outputs = [for uri in compact([var.side_outputs.original, var.side_outputs.sanitized]) :
    "${local.arn_prefix}:s3:::${trimprefix(trimsuffix(uri, "/"), "s3://")}/*"
  ]

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
      }, {
      Sid      = "WriteState"
      Effect   = "Allow"
      Action   = ["ssm:PutParameter", "ssm:DeleteParameter"]
      Resource = local.writable_parameters
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
      }, {
      Sid      = "WriteSecretState"
      Effect   = "Allow"
      Action   = ["secretsmanager:PutSecretValue"]
      Resource = local.writable_secrets
    }]

    # Under every hash: the version that an apply replaces reads its own until the alias has moved.
    rules = length(local.files) == 0 ? [] : [{
      Sid      = "ReadRules"
      Effect   = "Allow"
      Action   = ["s3:GetObject"]
      Resource = [for id in sort(keys(local.files)) : "${aws_s3_bucket.rules[0].arn}/${id}/*/rules.yaml"]
    }]

    async = !var.async.enabled ? [] : [{
      Sid      = "QueueCalls"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
      Resource = [module.async[0].queue_arn]
      }, {
      Sid      = "WriteResults"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["${module.async[0].bucket_arn}/*"]
    }]

    side_outputs = length(local.side_outputs) == 0 ? [] : [{
      Sid      = "WriteSideOutputs"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = local.side_outputs
      # Names of buckets are one space for all accounts: a name that is mistyped, or free again, may be a stranger's.
      Condition = { StringEquals = {
        "aws:ResourceAccount" = coalesce(var.side_outputs.account_id, data.aws_caller_identity.current.account_id)
      } }
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
}

resource "aws_iam_role" "function" {
  name        = "${var.name}-function"
  description = "What the function ${var.name} may do"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    # Without a condition on aws:SourceAccount: Lambda's guide does not say that the key is there when Lambda takes a
    # role on, and if it were not, no function would start. A role can be passed to functions of its own account only.
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
      local.statements.rules,
      local.statements.async,
      local.statements.side_outputs,
      local.statements.key,
    )
  })
}
