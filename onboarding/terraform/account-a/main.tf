# Account A lets company B's function list its Function Compute services and functions:
#
#   terraform init && terraform apply \
#     -var account_id=<account A> -var 'trust=["acs:ram::<account B>:role/fc-inventory"]' -var external_id=<external ID>
#
# and at any time `terraform destroy` takes it back. documents.tf is what is signed.

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

resource "alicloud_ram_role" "reader" {
  role_name                   = var.role_name
  description                 = "Lets another company's function see Function Compute"
  assume_role_policy_document = jsonencode(local.trust_policy)
  max_session_duration        = var.max_session_seconds

  lifecycle {
    precondition {
      condition     = data.alicloud_account.current.id == var.account_id
      error_message = "account_id: expected the account of the provider's keys."
    }
  }
}

resource "alicloud_ram_policy" "reader" {
  count           = local.is_system ? 0 : 1
  policy_name     = local.policy_name
  policy_document = jsonencode(local.permission_policy)
  description     = "What ${var.role_name} may do: ${var.level}"
}

resource "alicloud_ram_role_policy_attachment" "reader" {
  role_name   = var.role_name
  policy_type = local.policy_type
  policy_name = local.policy_name
  depends_on  = [alicloud_ram_role.reader, alicloud_ram_policy.reader]
}
