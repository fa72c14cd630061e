variable "function_name" {
  description = "The function to watch; alarms and dashboard are named after it."
  type        = string
}

variable "log_group_name" {
  description = "The log group with the function's audit lines."
  type        = string
}

variable "queue_name" {
  description = "The queue of calls that are answered later, if there is one."
  type        = string
  default     = null
}

variable "failed_queue_name" {
  description = "The queue of calls that could not be answered later, if there is one."
  type        = string
  default     = null
}

variable "topic_arns" {
  description = "SNS topics that are told when an alarm goes on and off. Empty: alarms are only shown."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.topic_arns : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[^:]+$", arn))])
    error_message = "Topics are given as arn:aws:sns:REGION:ACCOUNT:NAME."
  }
}

variable "p95_milliseconds" {
  description = "Alarm when one call in twenty takes longer, for a quarter of an hour. Most of it is the source's time."
  type        = number
  default     = 10000

  validation {
    condition     = var.p95_milliseconds > 0
    error_message = "The limit is more than 0 milliseconds."
  }
}

variable "refused_percent" {
  description = "Alarm when more than this share of the calls is refused by the rules."
  type        = number
  default     = 10

  validation {
    condition     = var.refused_percent >= 0 && var.refused_percent < 100
    error_message = "The share is from 0 to less than 100 percent."
  }
}

variable "server_errors" {
  description = "Alarm when more than so many calls are answered with 5xx within five minutes."
  type        = number
  default     = 5

  validation {
    condition     = var.server_errors >= 0
    error_message = "The number is 0 or more."
  }
}

variable "tags" {
  description = "Tags of everything made here that takes tags; dashboards and metric filters take none."
  type        = map(string)
  default     = {}
}
