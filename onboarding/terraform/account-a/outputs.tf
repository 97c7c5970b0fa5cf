output "role_arn" {
  description = "What B needs to know, beside the external ID."
  value       = alicloud_ram_role.reader.arn
}
