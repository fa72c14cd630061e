variable "service_name" {
  description = "The service to watch; metrics, alarms and dashboard are named after it."
  type        = string
}

variable "log_view" {
  description = "The view of the log bucket with the service's audit lines: projects/PROJECT/locations/REGION/buckets/BUCKET/views/VIEW."
  type        = string
}

variable "subscription_name" {
  description = "The subscription that pushes calls that are answered later, if there is one."
  type        = string
  default     = null
}

variable "failed_subscription_name" {
  description = "The subscription with calls that could not be answered later, if there is one."
  type        = string
  default     = null
}

variable "notification_channels" {
  description = "Channels of Cloud Monitoring that are told when an alarm goes on and off. Empty: alarms are only shown."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for it in var.notification_channels : can(regex("^projects/[^/]+/notificationChannels/[0-9]+$", it))])
    error_message = "Channels are given as projects/PROJECT/notificationChannels/NUMBER."
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

variable "labels" {
  description = "Labels of everything made here that takes labels; metrics and dashboards take none."
  type        = map(string)
  default     = {}
}
