# No example: every part that is optional, for the checks that look only at what a root module makes.

module "vizard" {
  source = "../../modules/aws-function"

  name         = "vizard"
  connectors   = { zoom = { rules_file = "../../../rules/zoom/rules.yaml" } }
  package      = { s3_bucket = "releases", s3_key = "vizard.zip", s3_object_version = "3" }
  callers      = { google = { subjects = ["104936612345678901234"], audience = "vizard" } }
  endpoint     = "http_api"
  limits       = { provisioned_concurrency = 1 }
  secrets      = { store = "AWS_SECRETS_MANAGER" }
  kms_key_arn  = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  async        = { enabled = true }
  side_outputs = { original = "s3://lumen-lake/original", sanitized = "s3://lumen-lake/sanitized" }
  alarms       = { topic_arns = ["arn:aws:sns:eu-central-1:111122223333:alarms"] }
}
