# What account B signs. The same documents as `python -m onboarding grant-b` makes; a test compares them.

locals {
  # Function Compute may give the role to functions.
  trust_policy = {
    Version = "1"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = ["fc.aliyuncs.com"] }
    }]
  }

  # The function (and the users) may assume these roles and no other. As a resource a role is written acs:ram:*:….
  assume_policy = {
    Version = "1"
    Statement = [{
      Effect   = "Allow"
      Action   = "sts:AssumeRole"
      Resource = [for arn in var.role_arns : replace(arn, "acs:ram::", "acs:ram:*:")]
    }]
  }

  # With any_role: Alibaba Cloud's own policy, sts:AssumeRole on every role anywhere.
  policy_type = var.any_role ? "System" : "Custom"
  policy_name = var.any_role ? "AliyunSTSAssumeRoleAccess" : "${var.role_name}-assume"
}
