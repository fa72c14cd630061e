# No example: every part that is optional, for the checks that look only at what a root module makes.

module "vizard" {
  source = "../../modules/aws-bulk"

  name          = "vizard-files"
  rules         = { file = "../../examples/aws-bulk/people.yaml" }
  package       = { s3_bucket = "releases", s3_key = "vizard-bulk.zip", s3_object_version = "3" }
  input         = { prefix = "people/", suffixes = [".csv"] }
  output        = { versioned = true }
  quarantine    = { enabled = true }
  lookup_tables = { teams = { rules_file = "../../examples/aws-bulk/teams.yaml" } }
  limits        = { reserved_concurrency = 3 }
  secrets       = { store = "AWS_SECRETS_MANAGER" }
  kms_key_arn   = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  alarms        = { topic_arns = ["arn:aws:sns:eu-central-1:111122223333:alarms"] }
}
