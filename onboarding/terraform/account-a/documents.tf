# What account A signs. The same documents as `python -m onboarding grant` makes; a test compares them.

locals {
  # Who may assume the role: the execution role of B's function, or all of account B.
  principals = distinct([
    for arn in var.trust : var.trust_account ? format("acs:ram::%s:root", split(":", arn)[3]) : arn
  ])

  # Nobody else, and only with the external ID.
  trust_policy = {
    Version = "1"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { RAM = local.principals }
      Condition = { StringEquals = { "sts:ExternalId" = var.external_id } }
    }]
  }

  # Level list: the two list actions, or with triggers three, which know no resource narrower than all.
  list = [{
    Effect   = "Allow"
    Action   = concat(["fc:ListServices", "fc:ListFunctions"], [for action in ["fc:ListTriggers"] : action if var.triggers])
    Resource = "*"
  }]

  # Level manage: also create, change and delete what begins with the prefix. FC 2.0 can't hold new services to it:
  # CreateService knows only services/*.
  services         = "acs:fc:*:${var.account_id}:services"
  service_actions  = ["fc:GetService", "fc:UpdateService", "fc:DeleteService"]
  function_actions = ["fc:CreateFunction", "fc:GetFunction", "fc:UpdateFunction", "fc:DeleteFunction"]
  manage = [
    { Effect = "Allow", Action = ["fc:CreateService"], Resource = "${local.services}/*" },
    { Effect = "Allow", Action = local.service_actions, Resource = "${local.services}/${var.prefix}*" },
    { Effect = "Allow", Action = local.function_actions, Resource = "${local.services}/${var.prefix}*/functions/*" },
    {
      Effect   = "Allow"
      Action   = local.function_actions
      Resource = "acs:fc:*:${var.account_id}:functions/${var.prefix}*"
    },
  ]

  permission_policy = {
    Version   = "1"
    Statement = concat(local.list, [for statement in local.manage : statement if var.level == "manage"])
  }

  # Level read: Alibaba Cloud's own policy, fc:Get* and fc:List* on everything, code included.
  is_system   = var.level == "read"
  policy_type = local.is_system ? "System" : "Custom"
  policy_name = local.is_system ? "AliyunFCReadOnlyAccess" : "${var.role_name}-${var.level}"
}
