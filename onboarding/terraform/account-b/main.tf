# Account B creates the execution role of its function, which may assume the customers' roles:
#
#   terraform init && terraform apply \
#     -var account_id=<account B> -var 'role_arns=["acs:ram::<account A>:role/fc-inventory-reader"]'
#
# documents.tf is what is signed.

terraform {
  required_version = ">= 1.9.0" # variables that are checked against each other
  required_providers {
    alicloud = {
      source  = "aliyun/alicloud"
      version = ">= 1.252.0" # role_name and assume_role_policy_document of alicloud_ram_role
    }
  }
}

data "alicloud_account" "current" {}

resource "alicloud_ram_role" "execution" {
  role_name                   = var.role_name
  description                 = "Execution role of the function fc-inventory"
  assume_role_policy_document = jsonencode(local.trust_policy)
  max_session_duration        = var.max_session_seconds

  lifecycle {
    precondition {
      condition     = data.alicloud_account.current.id == var.account_id
      error_message = "account_id: expected the account of the provider's keys."
    }
  }
}

resource "alicloud_ram_policy" "assume" {
  count           = var.any_role ? 0 : 1
  policy_name     = local.policy_name
  policy_document = jsonencode(local.assume_policy)
  description     = "Roles of customers to assume"
}

resource "alicloud_ram_role_policy_attachment" "assume" {
  role_name   = var.role_name
  policy_type = local.policy_type
  policy_name = local.policy_name
  depends_on  = [alicloud_ram_role.execution, alicloud_ram_policy.assume]
}

resource "alicloud_ram_user_policy_attachment" "assume" {
  for_each    = toset(var.users)
  user_name   = each.value
  policy_type = local.policy_type
  policy_name = local.policy_name
  depends_on  = [alicloud_ram_policy.assume]
}
