variable "account_id" {
  type        = string
  description = "The ID of account B, which runs the function; the provider's keys must be of it."
  validation {
    condition     = can(regex("^[0-9]{10,20}$", var.account_id))
    error_message = "account_id: expected the ID of an Alibaba Cloud account, its digits alone."
  }
}

variable "role_arns" {
  type        = list(string)
  description = "The customers' roles that may be assumed: acs:ram::<account A>:role/<name>."
  default     = []
  validation {
    condition = alltrue([
      for arn in var.role_arns : can(regex("^acs:ram::[0-9]{10,20}:role/[A-Za-z0-9._-]{1,64}$", arn))
    ])
    error_message = "role_arns: expected ARNs of roles, acs:ram::ACCOUNT_ID:role/ROLE_NAME; not of users, sessions or accounts."
  }
  validation {
    condition     = alltrue([for arn in var.role_arns : !startswith(arn, "acs:ram::${var.account_id}:")])
    error_message = "role_arns: expected roles of another account than account_id."
  }
  validation {
    condition     = (length(var.role_arns) == 0) == var.any_role
    error_message = "role_arns: expected at least one, or none and any_role."
  }
}

variable "any_role" {
  type        = bool
  description = "Attach AliyunSTSAssumeRoleAccess instead: every role that trusts account B."
  default     = false
}

variable "users" {
  type        = list(string)
  description = "RAM users of account B that may assume the roles, too."
  default     = []
  validation {
    condition     = alltrue([for name in var.users : can(regex("^[A-Za-z0-9._-]{1,64}$", name))])
    error_message = "users: expected names of RAM users, 1 to 64 letters, digits or . _ -."
  }
}

variable "role_name" {
  type        = string
  description = "The function's execution role, EXECUTION_ROLE_ARN of s.yaml."
  default     = "fc-inventory"
  validation {
    condition     = can(regex("^[A-Za-z0-9-]{1,64}$", var.role_name))
    error_message = "role_name: expected 1 to 64 letters, digits or -."
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
