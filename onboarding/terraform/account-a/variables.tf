variable "account_id" {
  type        = string
  description = "The ID of account A, which is to be listed; the provider's keys must be of it."
  validation {
    condition     = can(regex("^[0-9]{10,20}$", var.account_id))
    error_message = "account_id: expected the ID of an Alibaba Cloud account, its digits alone."
  }
}

variable "trust" {
  type        = list(string)
  description = "The execution role of B's function, as ARN: acs:ram::<account B>:role/<name>."
  validation {
    condition = length(var.trust) > 0 && alltrue([
      for arn in var.trust : can(regex("^acs:ram::[0-9]{10,20}:role/[A-Za-z0-9._-]{1,64}$", arn))
    ])
    error_message = "trust: expected ARNs of roles, acs:ram::ACCOUNT_ID:role/ROLE_NAME; not of users, sessions or accounts."
  }
  validation {
    condition     = alltrue([for arn in var.trust : !startswith(arn, "acs:ram::${var.account_id}:")])
    error_message = "trust: expected roles of another account than account_id."
  }
}

variable "external_id" {
  type        = string
  description = "The external ID that B made for this customer. It keeps B from being talked into using it for somebody else."
  validation {
    condition     = can(regex("^[A-Za-z0-9_+=,.@:/-]{2,}$", var.external_id)) && length(var.external_id) <= 1224
    error_message = "external_id: expected 2 to 1224 letters, digits or _ + = , . @ : / -."
  }
}

variable "trust_account" {
  type        = bool
  description = "Trust every user and role that account B lets, as the console does, instead of the function's role alone."
  default     = false
}

variable "role_name" {
  type        = string
  description = "The role to create."
  default     = "fc-inventory-reader"
  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,64}$", var.role_name))
    error_message = "role_name: expected 1 to 64 letters, digits or -."
  }
}

variable "level" {
  type        = string
  description = "What B may do: list (the two list actions), read (everything, code included) or manage."
  default     = "list"
  validation {
    condition     = contains(["list", "read", "manage"], var.level)
    error_message = "level: expected list, read or manage."
  }
}

variable "prefix" {
  type        = string
  description = "With level manage, and only then: how names of what B manages begin."
  default     = ""
  validation {
    condition     = var.level == "manage" ? can(regex("^[A-Za-z_][A-Za-z0-9_-]{0,63}$", var.prefix)) : var.prefix == ""
    error_message = "prefix: expected how names begin (a letter or _, then letters, digits, _ or -), with level manage only."
  }
}

variable "triggers" {
  type        = bool
  description = "Let B list the triggers of functions, too: who may call them."
  default     = false
  validation {
    condition     = !(var.triggers && var.level == "read")
    error_message = "triggers: expected it with level list or manage; read lists them anyway."
  }
}

variable "max_session_seconds" {
  type        = number
  description = "Longest life of a session."
  default     = 3600
  validation {
    condition     = var.max_session_seconds >= 3600 && var.max_session_seconds <= 43200
    error_message = "max_session_seconds: expected 3600 to 43200."
  }
}
