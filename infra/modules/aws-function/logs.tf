# The logs hold endpoints, codes and counts, no value of the source. They are the record of who was given what, so their
# retention is chosen here rather than left at AWS's "never expire".

resource "aws_cloudwatch_log_group" "function" {
  # checkov:skip=CKV_AWS_338:how long an audit trail is kept is the operator's choice (log_retention_days)
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_cloudwatch_log_group" "api" {
  # checkov:skip=CKV_AWS_338:how long an audit trail is kept is the operator's choice (log_retention_days)
  count = var.endpoint == "http_api" ? 1 : 0

  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}
