variable "prefix" {
  description = "What the ids begin with, such as vizard_zoom_. The service only reads these."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z][a-zA-Z0-9_-]{0,99}_$", var.prefix))
    error_message = "The prefix has letters, digits, dashes and underscores, begins with a letter and ends with an underscore."
  }
}

variable "state_prefix" {
  description = "What the ids of the secrets begin with that the service writes. Needed with written_by_service."
  type        = string
  default     = null

  validation {
    condition     = var.state_prefix == null || can(regex("^[a-zA-Z][a-zA-Z0-9_-]{0,99}_$", var.state_prefix))
    error_message = "The state prefix has letters, digits, dashes and underscores, begins with a letter and ends with an underscore."
  }

  validation {
    condition     = (var.state_prefix != null && var.state_prefix != var.prefix) || length(var.written_by_service) == 0
    error_message = "What the service writes needs a state_prefix of its own."
  }
}

variable "location" {
  description = "The region that the secrets lie in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.location))
    error_message = "The location is a region, such as europe-west3."
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

variable "written_by_service" {
  description = "The secrets that the service writes, name to what it is."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.written_by_service) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "Names of secrets are capital letters, digits and underscores, such as ACCESS_TOKEN."
  }
}

variable "kms_key_name" {
  description = "Key that encrypts the values, of the same region; by default the keys that Google keeps."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_name == null || can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key_name))
    error_message = "The key is given as projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY, without a version."
  }
}

variable "labels" {
  description = "Labels of everything made here."
  type        = map(string)
  default     = {}
}
