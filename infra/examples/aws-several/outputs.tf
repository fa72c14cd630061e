# By function. Of `together` the only one is "all"; what the command line reads is then flat.

output "environment" {
  description = "For the command line: terraform output -json environment > environment.json"
  value = merge(
    try(module.vizard["all"].environment, {}),
    { for name, it in module.vizard : name => it.environment if !var.together },
  )
}

output "commands" {
  description = "What to run next."
  value = flatten([for name, it in module.vizard :
    [for line in it.commands : var.together ? line : "${line} --connector ${name}"]
  ])
}

output "url" {
  description = "Where to call, by function. With several connectors in a function, each is at /<id> of the URL."
  value       = { for name, it in module.vizard : name => it.url }
}

output "caller_role_arn" {
  description = "The role that callers take on, by function."
  value       = { for name, it in module.vizard : name => it.caller_role_arn }
}

output "secret_names" {
  description = "What has to be set."
  value       = sort(concat(module.shared.names, flatten([for it in module.vizard : it.secret_names])))
}
