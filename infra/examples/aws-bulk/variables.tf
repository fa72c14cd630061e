variable "region" {
  description = "Where everything is made."
  type        = string
}

variable "package_file" {
  description = "The zip for files that `cargo package-lambda` wrote."
  type        = string
  default     = "../../../target/lambda/vizard-lambda-bulk-arm64.zip"
}

variable "shared_path" {
  description = "Where the salt is that the API functions have, such as /vizard/shared/config/, so that a person has one pseudonym in files and calls; null for a salt of its own."
  type        = string
  default     = null
}

variable "alarm_topic_arns" {
  description = "SNS topics that are told of alarms."
  type        = list(string)
  default     = []
}
