variable "project" {
  description = "Id of the project that everything is made in."
  type        = string
}

variable "region" {
  description = "Where everything is made."
  type        = string
}

variable "image" {
  description = "The image that `cargo package-server` wrote, in a registry, by its digest. Not given: everything but the service, so that its secrets can be set before it starts."
  type        = string
  default     = null
}

variable "readers" {
  description = "Who may read the sanitized files, as serviceAccount:, user: or group: with an e-mail address."
  type        = set(string)
  default     = []
}

variable "shared_prefix" {
  description = "What the ids of the salt begin with that the API services have, such as vizard_shared_, so that a person has one pseudonym in files and calls; null for a salt of its own."
  type        = string
  default     = null
}

variable "alarm_channels" {
  description = "Notification channels that are told of alarms."
  type        = list(string)
  default     = []
}
