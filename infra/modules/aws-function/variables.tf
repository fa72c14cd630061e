# Fifteen, of which the first four are needed. What belongs together is one object, with a default for each part.

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

variable "connectors" {
  description = <<-EOT
    What the function connects to, by id. With one connector it answers at the root of its URL, with several each at
    /<id>. Of each: source (the id, unless said otherwise); rules_file, for rules other than the shipped ones;
    rules_sha256, to pin the hash that was reviewed (otherwise that of the file, or of the rules of this release);
    settings, as in docs/SETTINGS.md; secrets, by name, what they are (known for shipped sources).
  EOT
  type = map(object({
    source       = optional(string)
    rules_file   = optional(string)
    rules_sha256 = optional(string)
    settings     = optional(map(string), {})
    secrets      = optional(map(string))
  }))

  validation {
    condition     = length(var.connectors) > 0
    error_message = "A function needs a connector."
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
    error_message = "A rules_file is not the one with the rules_sha256 beside it: the function would refuse to start."
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

variable "package" {
  description = "The function's package: file, the path of the zip that `cargo package-lambda` wrote; or s3_bucket, s3_key and s3_object_version of it."
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

variable "callers" {
  description = <<-EOT
    Who may take on the caller role: principals, ARNs of roles, users or whole accounts (arn:aws:iam::ACCOUNT:root);
    external_id, which principals of another company must send; google, service accounts by their numeric ids, with the
    audience of their tokens.
  EOT
  type = object({
    principals  = optional(set(string), [])
    external_id = optional(string)
    google      = optional(object({ subjects = set(string), audience = string }))
  })

  validation {
    condition     = length(var.callers.principals) > 0 || var.callers.google != null
    error_message = "Name somebody who may call."
  }

  validation {
    condition = alltrue([
      for arn in var.callers.principals : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[a-zA-Z0-9+=,.@_/-]+)$", arn))
    ])
    error_message = "Callers are ARNs of accounts, roles or users, without wildcards: nobody calls unknown."
  }

  validation {
    condition     = var.callers.external_id == null || can(regex("^[a-zA-Z0-9+=,.@:/_-]{2,1000}$", var.callers.external_id))
    error_message = "An external id has 2 to 1000 letters, digits and + = , . @ : / _ -."
  }

  validation {
    condition = var.callers.google == null || try(
      length(var.callers.google.subjects) > 0 && length(var.callers.google.audience) > 0
    && alltrue([for id in var.callers.google.subjects : can(regex("^[0-9]{10,32}$", id))]), false)
    error_message = "Google service accounts are given by their numeric unique ids (about 21 digits), with an audience."
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

variable "endpoint" {
  description = "function_url, or http_api for an API Gateway in front, which ends calls after 30 seconds. Both take signed calls only."
  type        = string
  default     = "function_url"

  validation {
    condition     = contains(["function_url", "http_api"], var.endpoint)
    error_message = "The endpoint is function_url or http_api."
  }
}

variable "limits" {
  description = "memory_mb; timeout_seconds (180, behind an http_api without async 30); reserved_concurrency (-1: none); provisioned_concurrency (0: none), instances that are kept started."
  type = object({
    memory_mb               = optional(number, 512)
    timeout_seconds         = optional(number)
    reserved_concurrency    = optional(number, -1)
    provisioned_concurrency = optional(number, 0)
  })
  default = {}

  validation {
    condition     = var.limits.memory_mb >= 128 && var.limits.memory_mb <= 10240
    error_message = "A function has 128 to 10240 MB."
  }

  validation {
    condition     = var.limits.timeout_seconds == null || try(var.limits.timeout_seconds >= 5 && var.limits.timeout_seconds <= (local.api_ends_calls ? 30 : 900), false)
    error_message = "A function has 5 to 900 seconds; behind an http_api without async at most 30."
  }

  validation {
    # 0 would switch the function off: to do that, take the callers away.
    condition     = var.limits.reserved_concurrency == -1 || var.limits.reserved_concurrency >= 1
    error_message = "The reserved concurrency is -1 (none) or at least 1."
  }

  validation {
    condition = var.limits.provisioned_concurrency >= 0 && (
      var.limits.reserved_concurrency == -1 || var.limits.provisioned_concurrency <= var.limits.reserved_concurrency
    )
    error_message = "The provisioned concurrency is 0 or more, and not more than the reserved one."
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
  description = "store, AWS_SSM_PARAMETER_STORE or AWS_SECRETS_MANAGER; shared_path, where the salt is that several functions share, made once with the module aws-secrets (null: this function has its own)."
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
  description = "Key for secrets, environment, logs, queue and results; by default the keys that AWS keeps for each. infra/README.md has what its policy must allow."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "The key is given as arn:aws:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept, the audit line of each call among them. 0 would be forever and is not taken."
  type        = number
  default     = 90

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653 days."
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
  description = "Copies of every answer, to buckets that exist: original (as the source sent it: personal data) and sanitized, each s3://bucket or s3://bucket/prefix; account_id, whose buckets they are (null: this account's)."
  type = object({
    original   = optional(string)
    sanitized  = optional(string)
    account_id = optional(string)
  })
  default = {}

  validation {
    condition = alltrue([
      for uri in compact([var.side_outputs.original, var.side_outputs.sanitized]) :
      can(regex("^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[a-zA-Z0-9!_.'()-]+)*$", uri))
    ])
    error_message = "A side output is s3://bucket or s3://bucket/prefix, without wildcards and without a slash at the end."
  }

  validation {
    condition     = var.side_outputs.original == null || var.side_outputs.original != var.side_outputs.sanitized
    error_message = "Original and sanitized answers have the same names: they need different places."
  }

  validation {
    condition     = var.side_outputs.account_id == null || can(regex("^[0-9]{12}$", var.side_outputs.account_id))
    error_message = "The account of the side outputs is given by its 12 digits."
  }
}

variable "alarms" {
  description = "enabled; topic_arns, the SNS topics to tell; p95_milliseconds, refused_percent and server_errors (in five minutes), above which there is an alarm."
  type = object({
    enabled          = optional(bool, true)
    topic_arns       = optional(list(string), [])
    p95_milliseconds = optional(number, 10000)
    refused_percent  = optional(number, 10)
    server_errors    = optional(number, 5)
  })
  default = {}
}

variable "tags" {
  description = "Tags of everything made here."
  type        = map(string)
  default     = {}
}
