variable "name" {
  description = "What the topic and the bucket are named after: the service's name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,22}[a-z0-9]$", var.name))
    error_message = "The name has 2 to 24 small letters, digits and dashes, begins with a letter and does not end with a dash."
  }
}

variable "project_number" {
  description = "Number of the project: it makes the bucket's name one of its own, and names the account that Pub/Sub works as."
  type        = string

  validation {
    condition     = can(regex("^[0-9]+$", var.project_number))
    error_message = "The number of a project has digits only."
  }
}

variable "location" {
  description = "The region that calls wait in and that results lie in."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.location))
    error_message = "The location is a region, such as europe-west3."
  }
}

variable "service_url" {
  description = "Where the service is called, without a slash at the end: calls are pushed there, with a token that is good for this URL alone."
  type        = string

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+$", var.service_url))
    error_message = "The URL is https://HOST."
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

variable "kms_key_name" {
  description = "Key that encrypts calls and results, of the same region; by default the keys that Google keeps."
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
