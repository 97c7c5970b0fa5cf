output "execution_role_arn" {
  description = "EXECUTION_ROLE_ARN of s.yaml, and what customers trust."
  value       = alicloud_ram_role.execution.arn
}
