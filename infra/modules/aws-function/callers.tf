# Who may call: whoever may take on the caller role, which can do nothing but call this function and fetch its results.
# A role of its own, so that the outside is let in at one place and a reviewer reads one trust policy.

locals {
  # A call of the URL of a function needs both actions since October 2025. The URL belongs to the alias; the second
  # action is allowed only by way of the URL.
  invoke_url = [{
    Sid       = "CallTheUrl"
    Effect    = "Allow"
    Action    = ["lambda:InvokeFunctionUrl"]
    Resource  = [local.function_arn, "${local.function_arn}:live"]
    Condition = { StringEquals = { "lambda:FunctionUrlAuthType" = "AWS_IAM" } }
    }, {
    Sid       = "OnlyByTheUrl"
    Effect    = "Allow"
    Action    = ["lambda:InvokeFunction"]
    Resource  = [local.function_arn, "${local.function_arn}:live"]
    Condition = { Bool = { "lambda:InvokedViaFunctionUrl" = "true" } }
  }]

  invoke_api = [for api in aws_apigatewayv2_api.this : {
    Sid      = "CallTheApi"
    Effect   = "Allow"
    Action   = ["execute-api:Invoke"]
    Resource = ["${api.execution_arn}/*"]
  }]

  # Without ListBucket a result that is not there yet would look like one that may not be read.
  fetch_results = !var.async.enabled ? [] : [{
    Sid      = "FetchResults"
    Effect   = "Allow"
    Action   = ["s3:GetObject"]
    Resource = ["${module.async[0].bucket_arn}/*"]
    }, {
    Sid      = "SeeThatAResultIsMissing"
    Effect   = "Allow"
    Action   = ["s3:ListBucket"]
    Resource = [module.async[0].bucket_arn]
  }]

  read_with_key = !var.async.enabled || var.kms_key_arn == null ? [] : [{
    Sid       = "ReadResults"
    Effect    = "Allow"
    Action    = ["kms:Decrypt"]
    Resource  = [var.kms_key_arn]
    Condition = { StringEquals = { "kms:ViaService" = "s3.${data.aws_region.current.region}.amazonaws.com" } }
  }]

  caller_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [for it in local.invoke_url : it if var.endpoint == "function_url"],
      local.invoke_api,
      local.fetch_results,
      local.read_with_key,
    )
  })

  trust_aws = length(var.callers.principals) == 0 ? [] : [{
    Sid       = "Principals"
    Effect    = "Allow"
    Principal = { AWS = sort(var.callers.principals) }
    Action    = "sts:AssumeRole"
    # The external id keeps a provider that calls for many customers from being talked into calling for another one.
    Condition = var.callers.external_id == null ? {} : { StringEquals = { "sts:ExternalId" = var.callers.external_id } }
  }]

  trust_google = var.callers.google == null ? [] : [{
    Sid       = "GoogleServiceAccounts"
    Effect    = "Allow"
    Principal = { Federated = "accounts.google.com" }
    Action    = "sts:AssumeRoleWithWebIdentity"
    # The subject says who asks, the audience that the token was made for this and not for somebody else.
    Condition = { StringEquals = {
      "accounts.google.com:sub"  = sort(var.callers.google.subjects)
      "accounts.google.com:oaud" = var.callers.google.audience
    } }
  }]
}

resource "aws_iam_role" "caller" {
  name        = "${var.name}-caller"
  description = "Calls ${var.name}, and nothing else"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.trust_aws, local.trust_google)
  })
}

resource "aws_iam_role_policy" "caller" {
  name   = "call"
  role   = aws_iam_role.caller.name
  policy = local.caller_policy
}
