# Zoom behind one function. docs/DEPLOY-AWS.md goes through it step by step.

provider "aws" {
  region = var.region
}

module "zoom" {
  source = "../../modules/aws-function"

  name       = "vizard"
  connectors = { zoom = {} }
  package    = { file = var.package_file }
  callers    = { principals = var.callers, external_id = var.external_id }

  alarms = { topic_arns = var.alarm_topic_arns }
  tags   = { application = "vizard" }
}
