variable "region" {
  description = "Where everything is made."
  type        = string
}

variable "package_file" {
  description = "The zip that `cargo package-lambda` wrote."
  type        = string
  default     = "../../../target/lambda/vizard-lambda-arm64.zip"
}

variable "callers" {
  description = "ARNs of the roles, users or accounts that may call."
  type        = set(string)
}

variable "external_id" {
  description = "What callers of another company must send when they take on the caller role; null if they are of yours."
  type        = string
  default     = null
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told of alarms."
  type        = list(string)
  default     = []
}
