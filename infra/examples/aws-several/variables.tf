variable "region" {
  description = "Where everything is made."
  type        = string
}

variable "package_file" {
  description = "The zip that `cargo package-lambda` wrote."
  type        = string
  default     = "../../../target/lambda/vizard-lambda-arm64.zip"
}

variable "callers" {
  description = "ARNs of the roles, users or accounts that may call."
  type        = set(string)
}

variable "together" {
  description = "All connectors in one function (fewer cold starts), or one function each (a wrong rule or a leaked role reaches one source)."
  type        = bool
  default     = true
}
