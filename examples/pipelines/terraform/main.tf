# Attaches a cutover by the template that the package synthesises. Before `terraform apply`, in the same pipeline:
#   npx cdk synth CrossfadeCutover -c attach=attach.json   (docs/how-to/deploy.md has the file)
#   npx cdk-assets publish --path cdk.out/CrossfadeCutover.assets.json   (the functions' code, into the bucket of `cdk bootstrap`)

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "template_bucket" {
  type        = string
  description = "A bucket for the template: it is larger than what CloudFormation takes inline"
}

resource "aws_s3_object" "template" {
  bucket      = var.template_bucket
  key         = "crossfade/CrossfadeCutover.template.json"
  source      = "${path.module}/cdk.out/CrossfadeCutover.template.json"
  source_hash = filemd5("${path.module}/cdk.out/CrossfadeCutover.template.json")
}

resource "aws_cloudformation_stack" "cutover" {
  name         = "CrossfadeCutover-cart"
  template_url = "https://${var.template_bucket}.s3.amazonaws.com/${aws_s3_object.template.key}"
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
}

# Executions are started here.
output "state_machine_alias" {
  value = aws_cloudformation_stack.cutover.outputs["StateMachineAlias"]
}
