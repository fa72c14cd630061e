# The parameters or secrets of one path. Terraform owns their names, tags and keys; it never learns their values.
#
# Why write-only arguments and not `ignore_changes = [value]`: with the latter every refresh reads the real value from
# AWS and puts it into the state, in clear. A write-only argument is sent once and not stored, and the provider leaves
# `value` empty on every later read. (`terraform import` would store the value: do not import a parameter that is set.)

locals {
  parameters = var.store == "AWS_SSM_PARAMETER_STORE" ? var.secrets : {}
  vault      = var.store == "AWS_SECRETS_MANAGER" ? var.secrets : {}
  state      = var.store == "AWS_SECRETS_MANAGER" ? var.written_by_function : {}

  # Without these the pseudonyms of yesterday and of tomorrow are two different people. Their resources stand apart
  # because `prevent_destroy` takes no condition.
  kept = [
    "PSOXY_SALT", "SALT_IP", "SALT_EMAIL_DOMAINS",
    "PSOXY_ENCRYPTION_KEY", "ENCRYPTION_KEY_IP", "ENCRYPTION_KEY_EMAIL_DOMAINS",
  ]
}
