# Files of a personnel system, sanitized as they come. docs/DEPLOY-AWS.md goes through it.

provider "aws" {
  region = var.region
}

module "people" {
  source = "../../modules/aws-bulk"

  name          = "vizard-people"
  rules         = { file = "people.yaml" }
  package       = { file = var.package_file }
  input         = { suffixes = [".csv", ".csv.gz"] }
  lookup_tables = { teams = { rules_file = "teams.yaml" } }
  secrets       = { shared_path = var.shared_path }

  alarms = { topic_arns = var.alarm_topic_arns }
  tags   = { application = "vizard" }
}
