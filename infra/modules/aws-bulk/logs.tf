# The logs hold a line for each file: its counts, codes and times, no value of it. They are the record of what left, so
# their retention is chosen here rather than left at AWS's "never expire".

resource "aws_cloudwatch_log_group" "function" {
  # checkov:skip=CKV_AWS_338:how long an audit trail is kept is the operator's choice (log_retention_days)
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}
