variable "path" {
  description = "What the names begin with, such as /vizard/zoom/config/. The function only reads there."
  type        = string

  validation {
    condition     = can(regex("^/([a-zA-Z0-9_.-]+/)+$", var.path))
    error_message = "The path begins and ends with a slash, with letters, digits, dots, dashes and underscores between them."
  }
}

variable "state_path" {
  description = "What the names of the secrets begin with that the function writes. Needed with written_by_function."
  type        = string
  default     = null

  validation {
    condition     = var.state_path == null || can(regex("^/([a-zA-Z0-9_.-]+/)+$", var.state_path))
    error_message = "The state path begins and ends with a slash."
  }

  validation {
    condition     = var.state_path != null || length(var.written_by_function) == 0
    error_message = "What the function writes needs a state_path."
  }
}

variable "secrets" {
  description = "The secrets that the operator sets: name to what it is. Never a value."
  type        = map(string)

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "Names of secrets are capital letters, digits and underscores, such as CLIENT_SECRET."
  }
}

variable "written_by_function" {
  description = "The secrets that the function writes, name to what it is. Made only in Secrets Manager: in Parameter Store the function makes them itself."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.written_by_function) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "Names of secrets are capital letters, digits and underscores, such as ACCESS_TOKEN."
  }
}

variable "store" {
  description = "AWS_SSM_PARAMETER_STORE or AWS_SECRETS_MANAGER."
  type        = string
  default     = "AWS_SSM_PARAMETER_STORE"

  validation {
    condition     = contains(["AWS_SSM_PARAMETER_STORE", "AWS_SECRETS_MANAGER"], var.store)
    error_message = "The store is AWS_SSM_PARAMETER_STORE or AWS_SECRETS_MANAGER."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the values; by default the key that AWS keeps for the store."
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
