# What the function reads at start-up. Nothing secret: every value here is shown by the console and by `plan`.
#
# The rules are part of it, gzipped: they are small, a published version keeps its own, and an apply changes rules, hash
# and program in one step. The hash is that of the file, so that what was reviewed is what runs.

locals {
  rules_sha256 = filesha256(var.rules.file)

  # First what the operator set, then what the module knows, which therefore wins.
  for_all = tomap(merge(
    var.settings,
    {
      RULES                   = base64gzip(file(var.rules.file))
      VIZARD_RULES_SHA256     = local.rules_sha256
      INPUT_BUCKET            = local.buckets.input # files of another one are refused
      OUTPUT_BUCKET           = local.buckets.output
      PATH_TO_INSTANCE_CONFIG = local.config_path
      PATH_TO_SHARED_CONFIG   = local.shared_config_path
      SECRETS_STORE           = var.secrets.store
    },
    var.input.base_path == null ? {} : { INPUT_BASE_PATH = var.input.base_path },
    var.output.base_path == "" ? {} : { OUTPUT_BASE_PATH = var.output.base_path },
    !var.quarantine.enabled ? {} : {
      VIZARD_BULK_BAD_ROWS          = "quarantine"
      VIZARD_BULK_QUARANTINE_BUCKET = local.buckets.quarantine
    },
    length(var.lookup_tables) == 0 ? {} : { ADDITIONAL_TRANSFORMS = local.additional_transforms },
  ))

  # The files as they are, moved to the right: decoding and encoding them would put their keys into another order.
  additional_transforms = join("", [for key in sort(keys(var.lookup_tables)) : join("\n", concat(
    ["- destinationBucketName: ${local.buckets[key]}"],
    var.lookup_tables[key].path == "" ? [] : ["  pathWithinBucket: ${jsonencode(var.lookup_tables[key].path)}"],
    var.lookup_tables[key].compress_output == null ? [] : ["  compressOutput: ${var.lookup_tables[key].compress_output}"],
    ["  rules:", "    ${indent(4, chomp(try(file(var.lookup_tables[key].rules_file), "")))}", ""],
  ))])

  environment_size = sum([for name, value in local.for_all : length(name) + length(value)])
}
