# Fifteen, of which two are needed at first and the image then. What belongs together is one object, with a default for each part.

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

variable "rules" {
  description = "What leaves of which file: file, a rule file for files; sha256, to pin the hash that was reviewed (otherwise that of the file)."
  type = object({
    file   = string
    sha256 = optional(string)
  })

  validation {
    condition     = try(length(file(var.rules.file)) > 0, false)
    error_message = "The rules' file does not exist, is empty, or is no text."
  }

  validation {
    condition     = var.rules.sha256 == null || can(regex("^[0-9a-f]{64}$", var.rules.sha256))
    error_message = "The rules' sha256 is 64 small hexadecimal digits, as sha256sum prints them."
  }

  validation {
    condition     = var.rules.sha256 == null || try(filesha256(var.rules.file), "") == var.rules.sha256
    error_message = "The rules' file is not the one with the sha256 beside it: the service would refuse to start."
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

variable "input" {
  description = <<-EOT
    Where files come from: bucket, one that exists, of this project (null: one is made); location, of that bucket where it
    is not the provider's region; base_path, what is left out of the names of outputs; expire_days, after which files are
    deleted from a bucket that is made. Each file of the bucket comes: Eventarc knows no prefixes.
  EOT
  type = object({
    bucket      = optional(string)
    location    = optional(string)
    base_path   = optional(string)
    expire_days = optional(number, 30)
  })
  default = {}

  validation {
    condition     = var.input.bucket == null || can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.input.bucket))
    error_message = "The input is the name of a bucket, without gs:// and without wildcards."
  }

  validation {
    condition     = var.input.location == null || (var.input.bucket != null && can(regex("^[a-z]+([0-9]+|-[a-z]+[0-9]+)?$", var.input.location)))
    error_message = "The location is that of a bucket that exists, such as europe-west3 or eu."
  }

  validation {
    condition     = var.input.base_path == null || can(regex("^[a-zA-Z0-9!_.'()/-]{1,512}$", var.input.base_path))
    error_message = "The base path has letters, digits and ! _ . ' ( ) / -, without wildcards."
  }

  validation {
    condition     = var.input.expire_days >= 1 && var.input.expire_days <= 3650 && floor(var.input.expire_days) == var.input.expire_days
    error_message = "Files are kept for 1 to 3650 whole days."
  }
}

variable "output" {
  description = <<-EOT
    Where sanitized files go, under the names that they came with: bucket, one that exists, of this project (null: one is
    made); base_path, put before the names; expire_days, after which files are deleted from a bucket that is made;
    versioned, whether such a bucket keeps for a month what was replaced.
  EOT
  type = object({
    bucket      = optional(string)
    base_path   = optional(string, "")
    expire_days = optional(number, 720)
    versioned   = optional(bool, false)
  })
  default = {}

  validation {
    condition     = var.output.bucket == null || can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.output.bucket))
    error_message = "The output is the name of a bucket, without gs:// and without wildcards."
  }

  validation {
    # In one bucket the output of a file would be a file that came.
    condition     = var.output.bucket == null || var.output.bucket != var.input.bucket
    error_message = "Input and output are buckets of their own."
  }

  validation {
    condition     = can(regex("^[a-zA-Z0-9!_.'()/-]{0,512}$", var.output.base_path))
    error_message = "The base path has letters, digits and ! _ . ' ( ) / -, without wildcards."
  }

  validation {
    condition     = var.output.expire_days >= 1 && var.output.expire_days <= 3650 && floor(var.output.expire_days) == var.output.expire_days
    error_message = "Files are kept for 1 to 3650 whole days."
  }
}

variable "quarantine" {
  description = <<-EOT
    What becomes of rows that cannot be sanitized: without it, the first one fails its file. enabled: they are set aside,
    as they came, which is personal data, and the rest of the file goes on; bucket, one that exists, of this project
    (null: one is made); expire_days, after which they are deleted from a bucket that is made.
  EOT
  type = object({
    enabled     = optional(bool, false)
    bucket      = optional(string)
    expire_days = optional(number, 30)
  })
  default = {}

  validation {
    condition     = var.quarantine.bucket == null || (var.quarantine.enabled && can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", var.quarantine.bucket)))
    error_message = "The quarantine is enabled, and the name of a bucket, without gs:// and without wildcards."
  }

  validation {
    # Clear rows beside sanitized files would be read by those who read these.
    condition     = !contains(compact([var.input.bucket, var.output.bucket]), coalesce(var.quarantine.bucket, "none"))
    error_message = "The quarantine has a bucket of its own: it holds rows as they came."
  }

  validation {
    condition     = var.quarantine.expire_days >= 1 && var.quarantine.expire_days <= 3650 && floor(var.quarantine.expire_days) == var.quarantine.expire_days
    error_message = "Rows are kept for 1 to 3650 whole days."
  }
}

variable "lookup_tables" {
  description = <<-EOT
    What else is made of each file, by name, by rules of its own: bucket, one that exists, of this project (null: one is
    made); path, put before the names; rules_file, a rule file for files; compress_output (null: as the output is);
    expire_days, after which files are deleted from a bucket that is made.
  EOT
  type = map(object({
    bucket          = optional(string)
    path            = optional(string, "")
    rules_file      = string
    compress_output = optional(bool)
    expire_days     = optional(number, 720)
  }))
  default = {}

  validation {
    condition     = alltrue([for key in keys(var.lookup_tables) : can(regex("^[a-z][a-z0-9]{0,9}$", key)) && !contains(["input", "output", "quarantine"], key)])
    error_message = "The name of a lookup table has up to 10 small letters and digits, begins with a letter, and is not input, output or quarantine."
  }

  validation {
    condition     = alltrue([for it in values(var.lookup_tables) : it.bucket == null || can(regex("^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$", it.bucket))])
    error_message = "A lookup table's bucket is the name of one, without gs:// and without wildcards."
  }

  validation {
    condition = alltrue([for it in values(var.lookup_tables) :
      !contains(compact([var.input.bucket, var.output.bucket, var.quarantine.bucket]), coalesce(it.bucket, "none"))
    ])
    error_message = "A lookup table lies in another bucket than input, output and quarantine: it is for other readers."
  }

  validation {
    condition     = alltrue([for it in values(var.lookup_tables) : can(regex("^[a-zA-Z0-9!_.'()/-]{0,512}$", it.path))])
    error_message = "A lookup table's path has letters, digits and ! _ . ' ( ) / -, without wildcards."
  }

  validation {
    condition     = alltrue([for it in values(var.lookup_tables) : it.expire_days >= 1 && it.expire_days <= 3650 && floor(it.expire_days) == it.expire_days])
    error_message = "Files are kept for 1 to 3650 whole days."
  }

  validation {
    condition     = alltrue([for it in values(var.lookup_tables) : try(length(file(it.rules_file)) > 0, false)])
    error_message = "A lookup table's rules_file does not exist, is empty, or is no text."
  }

  validation {
    # One would overwrite the files of the other.
    condition     = length(distinct([for key, it in var.lookup_tables : "${coalesce(it.bucket, key)}/${it.path}"])) == length(var.lookup_tables)
    error_message = "Two lookup tables have one bucket and one path."
  }
}

variable "readers" {
  description = "Who may read the sanitized files, those of lookup tables not among them: serviceAccount:, user: or group: with an e-mail address."
  type        = set(string)
  default     = []

  validation {
    condition = alltrue([
      for member in var.readers : can(regex("^(serviceAccount|user|group):[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]+\\.[a-z]+$", member))
    ])
    error_message = "Readers are serviceAccount:, user: or group: with an e-mail address in small letters. Neither allUsers, allAuthenticatedUsers nor whole domains: nobody reads unknown."
  }
}

variable "limits" {
  description = "memory_mb, in which a Parquet file must have its place too, and cpu of an instance; timeout_seconds, for one file; max_instances, files at a time."
  type = object({
    memory_mb       = optional(number, 512)
    cpu             = optional(number, 1)
    timeout_seconds = optional(number, 600)
    max_instances   = optional(number, 4)
  })
  default = {}

  validation {
    condition     = contains([1, 2, 4, 8], var.limits.cpu) && var.limits.memory_mb >= (var.limits.cpu >= 4 ? 2048 * var.limits.cpu / 4 : 512) && var.limits.memory_mb <= 32768
    error_message = "An instance has 1, 2, 4 or 8 processors and 512 to 32768 MB, with 4 processors at least 2048, with 8 at least 4096."
  }

  validation {
    # Pub/Sub, which hands over the events of Eventarc, waits no longer.
    condition     = var.limits.timeout_seconds >= 30 && var.limits.timeout_seconds <= 600 && floor(var.limits.timeout_seconds) == var.limits.timeout_seconds
    error_message = "A file has 30 to 600 whole seconds."
  }

  validation {
    condition     = var.limits.max_instances >= 1
    error_message = "There is at least 1 instance at most."
  }
}

variable "settings" {
  description = "Other settings for files, as in docs/SETTINGS.md, such as EMAIL_DOMAIN_HANDLING, VIZARD_BULK_KEEP_ORDER or COMPRESS_OUTPUT_ALWAYS. Never a secret: the environment is no place for one."
  type        = map(string)
  default     = {}

  validation {
    # Two underscores would make it the setting of a connector by name, past the list of what is none.
    condition     = alltrue([for name in keys(var.settings) : can(regex("^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$", name)) && !contains(local.not_settings, name)])
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

variable "alarms" {
  description = "enabled; notification_channels, the channels of Cloud Monitoring to tell; waiting_minutes, for which a file may wait, or be tried again, before there is an alarm."
  type = object({
    enabled               = optional(bool, true)
    notification_channels = optional(list(string), [])
    waiting_minutes       = optional(number, 60)
  })
  default = {}

  validation {
    # Eventarc drops what waits for a day.
    condition     = var.alarms.waiting_minutes >= 5 && var.alarms.waiting_minutes <= 1200
    error_message = "A file may wait for 5 to 1200 minutes."
  }
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
