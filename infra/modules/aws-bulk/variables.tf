# Fifteen, of which the first three are needed. What belongs together is one object, with a default for each part.

variable "name" {
  description = "Name of the function, and what everything else is named after; also the first part of its parameters' paths."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,23}$", var.name))
    error_message = "The name has 2 to 24 small letters, digits and dashes, and begins with a letter."
  }

  validation {
    condition     = !startswith(var.name, "aws") && !startswith(var.name, "ssm")
    error_message = "Parameter Store takes no path that begins with aws or ssm."
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
    error_message = "The rules' file is not the one with the sha256 beside it: the function would refuse to start."
  }
}

variable "package" {
  description = "The function's package: file, the path of the zip for files that `cargo package-lambda` wrote; or s3_bucket, s3_key and s3_object_version of it."
  type = object({
    file              = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
  })

  validation {
    condition     = (var.package.file != null) != (var.package.s3_bucket != null)
    error_message = "The package is a file or an object, not both and not neither."
  }

  validation {
    # Without a version, whoever may write to the bucket chooses what runs, and Terraform would not notice.
    condition     = var.package.s3_bucket == null || (var.package.s3_key != null && var.package.s3_object_version != null)
    error_message = "An object needs s3_key and s3_object_version."
  }

  validation {
    condition     = var.package.file == null || try(fileexists(var.package.file), false)
    error_message = "The package's file does not exist: `cargo package-lambda` makes it."
  }
}

variable "input" {
  description = <<-EOT
    Where files come from: bucket, one that exists, of this account and region (null: one is made); prefix and suffixes,
    of the keys that count (default: all); base_path, what is left out of the names of outputs; expire_days, after which
    files are deleted from a bucket that is made; notify, false if the bucket has notifications of somebody else's,
    which Terraform would take away.
  EOT
  type = object({
    bucket      = optional(string)
    prefix      = optional(string, "")
    suffixes    = optional(set(string), [])
    base_path   = optional(string)
    expire_days = optional(number, 30)
    notify      = optional(bool, true)
  })
  default = {}

  validation {
    condition     = var.input.bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.input.bucket))
    error_message = "The input is the name of a bucket, without s3:// and without wildcards."
  }

  validation {
    # The prefix is part of a grant, where a star would be a wildcard.
    condition     = alltrue([for it in concat([var.input.prefix], tolist(var.input.suffixes)) : can(regex("^[a-zA-Z0-9!_.'()/-]{0,512}$", it))])
    error_message = "Prefix and suffixes have letters, digits and ! _ . ' ( ) / -, without wildcards."
  }

  validation {
    # S3 refuses notifications that overlap, and only when they are applied.
    condition = alltrue(flatten([
      for one in var.input.suffixes : [for other in var.input.suffixes : one == other || !endswith(one, other)]
    ]))
    error_message = "A suffix ends with another one: S3 does not tell of one file twice."
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
    Where sanitized files go, under the names that they came with: bucket, one that exists, of this account (null: one is
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
    condition     = var.output.bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.output.bucket))
    error_message = "The output is the name of a bucket, without s3:// and without wildcards."
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
    as they came, which is personal data, and the rest of the file goes on; bucket, one that exists, of this account
    (null: one is made); expire_days, after which they are deleted from a bucket that is made.
  EOT
  type = object({
    enabled     = optional(bool, false)
    bucket      = optional(string)
    expire_days = optional(number, 30)
  })
  default = {}

  validation {
    condition     = var.quarantine.bucket == null || (var.quarantine.enabled && can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.quarantine.bucket)))
    error_message = "The quarantine is enabled, and the name of a bucket, without s3:// and without wildcards."
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
    What else is made of each file, by name, by rules of its own: bucket, one that exists, of this account (null: one is
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
    condition     = alltrue([for it in values(var.lookup_tables) : it.bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", it.bucket))])
    error_message = "A lookup table's bucket is the name of one, without s3:// and without wildcards."
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

variable "architecture" {
  description = "arm64 or x86_64, as the package was built."
  type        = string
  default     = "arm64"

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64."
  }
}

variable "limits" {
  description = "memory_mb; timeout_seconds, for one file; storage_mb, which only Parquet needs: the largest such file; reserved_concurrency (-1: none), files at a time; retries, after the first attempt."
  type = object({
    memory_mb            = optional(number, 1024)
    timeout_seconds      = optional(number, 900)
    storage_mb           = optional(number, 512)
    reserved_concurrency = optional(number, -1)
    retries              = optional(number, 2)
  })
  default = {}

  validation {
    condition     = var.limits.memory_mb >= 256 && var.limits.memory_mb <= 10240
    error_message = "A function for files has 256 to 10240 MB."
  }

  validation {
    condition     = var.limits.timeout_seconds >= 30 && var.limits.timeout_seconds <= 900
    error_message = "A function for files has 30 to 900 seconds."
  }

  validation {
    condition     = var.limits.storage_mb >= 512 && var.limits.storage_mb <= 10240
    error_message = "A function has 512 to 10240 MB of storage."
  }

  validation {
    # 0 would switch the function off: to do that, set input.notify to false.
    condition     = var.limits.reserved_concurrency == -1 || var.limits.reserved_concurrency >= 1
    error_message = "The reserved concurrency is -1 (none) or at least 1."
  }

  validation {
    condition     = contains([0, 1, 2], var.limits.retries)
    error_message = "Lambda tries again not at all, once or twice."
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
  description = "store, AWS_SSM_PARAMETER_STORE or AWS_SECRETS_MANAGER; shared_path, where the salt is that several functions share: with that of the API functions a person has one pseudonym in files and calls (null: this function has its own)."
  type = object({
    store       = optional(string, "AWS_SSM_PARAMETER_STORE")
    shared_path = optional(string)
  })
  default = {}

  validation {
    condition     = contains(["AWS_SSM_PARAMETER_STORE", "AWS_SECRETS_MANAGER"], var.secrets.store)
    error_message = "The store is AWS_SSM_PARAMETER_STORE or AWS_SECRETS_MANAGER."
  }

  validation {
    condition     = var.secrets.shared_path == null || can(regex("^/([a-zA-Z0-9_.-]+/)+$", var.secrets.shared_path))
    error_message = "The shared path begins and ends with a slash."
  }
}

variable "kms_key_arn" {
  description = "Key for secrets, environment, logs, the queue of failed files and the buckets that are made; by default the keys that AWS keeps for each. infra/README.md has what its policy must allow."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "The key is given as arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, the line of each file among them. 0 would be forever and is not taken."
  type        = number
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
  }
}

variable "alarms" {
  description = "enabled; topic_arns, the SNS topics to tell; waiting_minutes, for which a file may wait for its turn."
  type = object({
    enabled         = optional(bool, true)
    topic_arns      = optional(list(string), [])
    waiting_minutes = optional(number, 60)
  })
  default = {}

  validation {
    condition     = alltrue([for arn in var.alarms.topic_arns : can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[^:]+$", arn))])
    error_message = "Topics are given as arn:aws:sns:REGION:ACCOUNT:NAME."
  }

  validation {
    # Lambda drops what waits for six hours.
    condition     = var.alarms.waiting_minutes >= 5 && var.alarms.waiting_minutes <= 300
    error_message = "A file may wait for 5 to 300 minutes."
  }
}

variable "tags" {
  description = "Tags of everything made here."
  type        = map(string)
  default     = {}
}
