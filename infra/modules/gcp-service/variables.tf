# Fourteen, of which three are needed at first and the image then. What belongs together is one object, with a default for each part.

variable "name" {
  description = "Name of the service, and what everything else is named after; also the first part of its secrets' ids."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,22}[a-z0-9]$", var.name))
    error_message = "The name has 2 to 24 small letters, digits and dashes, begins with a letter and does not end with a dash."
  }

  validation {
    condition     = !startswith(var.name, "goog") && !strcontains(var.name, "google")
    error_message = "Google takes no names of its own for buckets and topics."
  }
}

variable "connectors" {
  description = <<-EOT
    What the service connects to, by id: one connector, and another service for another one. Of it: source (the id,
    unless said otherwise); rules_file, for rules other than the shipped ones; rules_sha256, to pin the hash that was
    reviewed (otherwise that of the file, or of the rules of this release); settings, as in docs/SETTINGS.md; secrets, by
    name, what they are (known for shipped sources).
  EOT
  type = map(object({
    source       = optional(string)
    rules_file   = optional(string)
    rules_sha256 = optional(string)
    settings     = optional(map(string), {})
    secrets      = optional(map(string))
  }))

  validation {
    condition     = length(var.connectors) == 1
    error_message = "A service has one connector: others get a service each."
  }

  validation {
    condition     = alltrue([for id in keys(var.connectors) : can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", id)) && length(id) <= 31 && id != "shared"])
    error_message = "An id of a connector has at most 31 small letters and digits with single dashes between them, begins with a letter, and is not \"shared\"."
  }

  validation {
    condition     = alltrue([for it in values(var.connectors) : it.rules_file == null || try(fileexists(it.rules_file), false)])
    error_message = "A rules_file does not exist."
  }

  validation {
    condition     = alltrue([for it in values(var.connectors) : it.rules_sha256 == null || can(regex("^[0-9a-f]{64}$", it.rules_sha256))])
    error_message = "A rules_sha256 is 64 small hexadecimal digits, as sha256sum prints them."
  }

  validation {
    condition = alltrue([
      for it in values(var.connectors) : it.rules_file == null || it.rules_sha256 == null || try(filesha256(it.rules_file), "") == it.rules_sha256
    ])
    error_message = "A rules_file is not the one with the rules_sha256 beside it: the service would refuse to start."
  }

  validation {
    condition = alltrue([
      for id, it in var.connectors : it.rules_file != null || contains(keys(local.shipped_rules_sha256), coalesce(it.source, id))
    ])
    error_message = "A connector has a source without shipped rules and no rules_file. Shipped: ${join(", ", keys(local.shipped_rules_sha256))}."
  }

  validation {
    condition = alltrue([
      for id, it in var.connectors : it.secrets != null || contains(keys(local.shipped_secrets), coalesce(it.source, id))
    ])
    error_message = "A connector has a source whose secrets are not known: list their names in secrets."
  }

  validation {
    condition = alltrue(flatten([
      # Two underscores would make it the setting of a connector by name, past the list of what is none.
      for it in values(var.connectors) : [for name in keys(it.settings) :
        can(regex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", name)) && !contains(concat(local.not_settings, keys(coalesce(it.secrets, {}))), name)
      ]
    ]))
    error_message = "A connector's settings has a name that is no setting, is a secret, or is set by this module. Secrets go to `vizard secrets set`."
  }
}

variable "image" {
  description = "The image that `cargo package-server` wrote, in a registry that Cloud Run reads, by its digest: REGION-docker.pkg.dev/PROJECT/REPOSITORY/NAME@sha256:... Null: everything but the service, which would not start before its secrets are set."
  type        = string
  default     = null

  validation {
    # Behind a tag, whoever may write to the registry chooses what runs, and Terraform would not notice.
    condition     = var.image == null || can(regex("^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)+@sha256:[0-9a-f]{64}$", var.image))
    error_message = "The image is given by its digest, as HOST/PATH@sha256:<64 hexadecimal digits>, without a tag."
  }
}

variable "callers" {
  description = <<-EOT
    Who may call: members, as serviceAccount:, user: or group: with an e-mail address; audiences, which their ID tokens
    may be for besides the service's own URL, such as the name of a load balancer.
  EOT
  type = object({
    members   = set(string)
    audiences = optional(set(string), [])
  })

  validation {
    condition     = length(var.callers.members) > 0
    error_message = "Name somebody who may call."
  }

  validation {
    condition = alltrue([
      for member in var.callers.members : can(regex("^(serviceAccount|user|group):[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]+\\.[a-z]+$", member))
    ])
    error_message = "Callers are serviceAccount:, user: or group: with an e-mail address in small letters. Neither allUsers, allAuthenticatedUsers nor whole domains: nobody calls unknown."
  }

  validation {
    condition     = alltrue([for it in var.callers.audiences : can(regex("^[a-zA-Z0-9][a-zA-Z0-9:/._-]{3,199}$", it))])
    error_message = "An audience is a URL or another name of 4 to 200 characters, without wildcards."
  }
}

variable "endpoint" {
  description = "run_url; load_balancer, for an external load balancer that you put in front; or internal, for callers within the project's networks. All take known callers only."
  type        = string
  default     = "run_url"

  validation {
    condition     = contains(["run_url", "load_balancer", "internal"], var.endpoint)
    error_message = "The endpoint is run_url, load_balancer or internal."
  }
}

variable "limits" {
  description = "memory_mb and cpu of an instance; timeout_seconds of a call; concurrency, calls at a time in an instance; min_instances, which are kept started; max_instances."
  type = object({
    memory_mb       = optional(number, 512)
    cpu             = optional(number, 1)
    timeout_seconds = optional(number, 180)
    concurrency     = optional(number, 40)
    min_instances   = optional(number, 0)
    max_instances   = optional(number, 10)
  })
  default = {}

  validation {
    condition     = contains([1, 2, 4], var.limits.cpu) && var.limits.memory_mb >= (var.limits.cpu == 4 ? 2048 : 512) && var.limits.memory_mb <= 16384
    error_message = "An instance has 1, 2 or 4 processors and 512 to 16384 MB, with 4 processors at least 2048."
  }

  validation {
    # Pub/Sub waits no longer for a call that it pushed.
    condition     = var.limits.timeout_seconds >= 5 && var.limits.timeout_seconds <= 600 && floor(var.limits.timeout_seconds) == var.limits.timeout_seconds
    error_message = "A call has 5 to 600 whole seconds."
  }

  validation {
    condition     = var.limits.concurrency >= 1 && var.limits.concurrency <= 1000
    error_message = "An instance takes 1 to 1000 calls at a time."
  }

  validation {
    # None at most would switch the service off: to do that, take the callers away.
    condition     = var.limits.min_instances >= 0 && var.limits.max_instances >= 1 && var.limits.min_instances <= var.limits.max_instances
    error_message = "There is at least 1 instance at most, and not more are kept started than there may be."
  }
}

variable "settings" {
  description = "Settings for all connectors, as in docs/SETTINGS.md, such as EMAIL_DOMAIN_HANDLING or ALLOWED_DATA_ACCESS_IP_BLOCKS. Never a secret: the environment is no place for one."
  type        = map(string)
  default     = {}

  validation {
    # Two underscores would make it the setting of a connector by name, past the list of what is none.
    condition = alltrue([
      for name in keys(var.settings) : can(regex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", name)) && !contains(
        concat(local.not_settings, flatten([for it in values(var.connectors) : keys(coalesce(it.secrets, {}))])), name
      )
    ])
    error_message = "settings has a name that is no setting, is a secret, or is set by this module. Secrets go to `vizard secrets set`."
  }
}

variable "secrets" {
  description = "shared_prefix, of the ids of the salt that several services share, made once with the module gcp-secrets (null: this service has its own); shared_names, the secrets behind it."
  type = object({
    shared_prefix = optional(string)
    shared_names  = optional(set(string), ["PSOXY_SALT", "PSOXY_ENCRYPTION_KEY"])
  })
  default = {}

  validation {
    condition     = var.secrets.shared_prefix == null || can(regex("^[a-zA-Z][a-zA-Z0-9_-]{0,99}_$", var.secrets.shared_prefix))
    error_message = "The shared prefix has letters, digits, dashes and underscores, begins with a letter and ends with an underscore."
  }

  validation {
    condition     = contains(var.secrets.shared_names, "PSOXY_SALT") && alltrue([for name in var.secrets.shared_names : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "The shared names are capital letters, digits and underscores, and PSOXY_SALT is one of them."
  }

  validation {
    condition     = var.secrets.shared_prefix != null || alltrue([for name in var.secrets.shared_names : contains(keys(local.shared_secrets), name)])
    error_message = "A service's own shared secrets are ${join(" and ", keys(local.shared_secrets))}; make others with the module gcp-secrets and give their prefix."
  }
}

variable "kms_key_name" {
  description = "Key for secrets, image, logs, queue and results, of the provider's region; by default the keys that Google keeps. infra/README.md has who must be allowed to use it."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_name == null || can(regex("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$", var.kms_key_name))
    error_message = "The key is given as projects/PROJECT/locations/REGION/keyRings/RING/cryptoKeys/KEY, without a version."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, the audit line of each call among them."
  type        = number
  default     = 90

  validation {
    condition     = var.log_retention_days >= 1 && var.log_retention_days <= 3650 && floor(var.log_retention_days) == var.log_retention_days
    error_message = "Cloud Logging keeps logs for 1 to 3650 whole days."
  }
}

variable "async" {
  description = "Calls with `Prefer: respond-async` are answered later, into a bucket that is made for it: enabled; expire_days, after which results are deleted."
  type = object({
    enabled     = optional(bool, false)
    expire_days = optional(number, 7)
  })
  default = {}
}

variable "side_outputs" {
  description = "Copies of every answer, to buckets that exist and have uniform access: original (as the source sent it: personal data) and sanitized, each gs://bucket or gs://bucket/prefix."
  type = object({
    original  = optional(string)
    sanitized = optional(string)
  })
  default = {}

  validation {
    condition = alltrue([
      for uri in compact([var.side_outputs.original, var.side_outputs.sanitized]) :
      can(regex("^gs://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](/[a-zA-Z0-9!_.'()-]+)*$", uri))
    ])
    error_message = "A side output is gs://bucket or gs://bucket/prefix, without wildcards and without a slash at the end."
  }

  validation {
    condition     = var.side_outputs.original == null || var.side_outputs.original != var.side_outputs.sanitized
    error_message = "Original and sanitized answers have the same names: they need different places."
  }
}

variable "alarms" {
  description = "enabled; notification_channels, the channels of Cloud Monitoring to tell; p95_milliseconds, refused_percent and server_errors (in five minutes), above which there is an alarm."
  type = object({
    enabled               = optional(bool, true)
    notification_channels = optional(list(string), [])
    p95_milliseconds      = optional(number, 10000)
    refused_percent       = optional(number, 10)
    server_errors         = optional(number, 5)
  })
  default = {}
}

variable "labels" {
  description = "Labels of everything made here that takes labels."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key, value in var.labels : can(regex("^[a-z][a-z0-9_-]{0,62}$", key)) && can(regex("^[a-z0-9_-]{0,63}$", value))])
    error_message = "Labels are small letters, digits, dashes and underscores, at most 63 each; keys begin with a letter."
  }
}
