variable "name" {
  description = "What the queue and the bucket are named after: the function's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,23}$", var.name))
    error_message = "The name has 2 to 24 small letters, digits and dashes, and begins with a letter."
  }
}

variable "timeout_seconds" {
  description = "The function's timeout: a message is invisible for longer."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "A function has 1 to 900 seconds."
  }
}

variable "expire_days" {
  description = "After how many days results are deleted."
  type        = number
  default     = 7

  validation {
    condition     = var.expire_days >= 1 && var.expire_days <= 365 && floor(var.expire_days) == var.expire_days
    error_message = "Results are kept for 1 to 365 whole days."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts messages and results; by default the services' own."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "The key is given as arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "tags" {
  description = "Tags of everything made here."
  type        = map(string)
  default     = {}
}
