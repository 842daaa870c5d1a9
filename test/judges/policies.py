"""Prints what parliament and cloudsplaining find in the policies of the synthesised templates, and of those that deploy, one finding a line.

The first argument is cdk.out, the others are policy documents. A line is `<judge> <finding> <actions>`, sorted and without repetition.
"""

import json
import re
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

import parliament  # noqa: E402
from cloudsplaining.scan.policy_document import PolicyDocument  # noqa: E402

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Region": "eu-west-1",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
AT = "eu-west-1:123456789012"
# ARNs of what a policy names by a reference, by its type.
ARNS = {
    "AWS::DynamoDB::GlobalTable": f"arn:aws:dynamodb:{AT}:table/%s",
    "AWS::EC2::SecurityGroup": f"arn:aws:ec2:{AT}:security-group/sg-0",
    "AWS::ECS::Cluster": f"arn:aws:ecs:{AT}:cluster/%s",
    "AWS::ECS::Service": f"arn:aws:ecs:{AT}:service/%s",
    "AWS::ElasticLoadBalancingV2::Listener": f"arn:aws:elasticloadbalancing:{AT}:listener/app/%s/1/2",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/%s",
    "AWS::KinesisFirehose::DeliveryStream": f"arn:aws:firehose:{AT}:deliverystream/%s",
    "AWS::KMS::Key": f"arn:aws:kms:{AT}:key/%s",
    "AWS::Lambda::Function": f"arn:aws:lambda:{AT}:function:%s",
    "AWS::Lambda::Version": f"arn:aws:lambda:{AT}:function:%s:1",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{AT}:log-group:%s:*",
    "AWS::S3::Bucket": "arn:aws:s3:::%s",
    "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{AT}:secret:%s-AbCdEf",
    "AWS::SNS::Topic": f"arn:aws:sns:{AT}:%s",
    "AWS::SQS::Queue": f"arn:aws:sqs:{AT}:%s",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{AT}:stateMachine:%s",
    "Custom::WeightedRule": f"arn:aws:elasticloadbalancing:{AT}:listener-rule/app/%s/1/2/3",
}

templates = [json.loads(path.read_text()) for path in sorted(Path(sys.argv[1]).glob("*.template.json"))]
resources = {name: resource for template in templates for name, resource in template.get("Resources", {}).items()}
exports = {
    output["Export"]["Name"]: output["Value"]
    for template in templates
    for output in template.get("Outputs", {}).values()
    if isinstance(output.get("Export", {}).get("Name"), str)
}


def arn_or_name(name):
    known = ARNS.get(resources[name]["Type"])
    return name if known is None else known % name.lower()


def resolved(value):
    """A template's value as CloudFormation would fill it in, as far as these judges care."""
    if isinstance(value, list):
        return [resolved(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        [(function, argument)] = value.items()
        if function == "Ref":
            return PSEUDO.get(argument) or (arn_or_name(argument) if argument in resources else argument)
        if function == "Fn::GetAtt":
            return argument[0] if argument[1] == "Name" else arn_or_name(argument[0])
        if function == "Fn::ImportValue":
            return resolved(exports[argument])
        if function == "Fn::Join":
            return argument[0].join(str(resolved(part)) for part in argument[1])
        if function == "Fn::Split":
            return str(resolved(argument[1])).split(argument[0])
        if function == "Fn::Select":
            return resolved(argument[1])[int(argument[0])]
    return {key: resolved(entry) for key, entry in value.items()}


def policies():
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            yield name, resolved(properties["PolicyDocument"])
        if resource["Type"] == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                yield name, resolved(policy["PolicyDocument"])
    for path in sys.argv[2:]:
        yield path, json.loads(Path(path).read_text())


def told_by_parliament(document):
    text = json.dumps(document)
    for finding in parliament.analyze_policy_string(text, include_community_auditors=True).findings:
        # It wants a resource of each type that an action knows, and AWS wants one: what is granted in vain deploy-policy.test.ts finds.
        if finding.issue == "RESOURCE_MISMATCH":
            continue
        # parliament lists actions in no order.
        named = sorted(set(re.findall(r"\b[a-z][a-z0-9-]*:[A-Za-z]\w+", f"{finding.detail} {finding.location}")))
        yield f"parliament {finding.issue} {' '.join(named[:1])}".strip()


def told_by_cloudsplaining(document):
    policy = PolicyDocument(document)
    for kind in ("allows_privilege_escalation", "permissions_management_without_constraints", "credentials_exposure", "allows_data_exfiltration_actions", "infrastructure_modification", "service_wildcard"):
        for found in getattr(policy, kind):
            name = found["type"] if isinstance(found, dict) else found
            yield f"cloudsplaining {kind} {name}"


found = {}
seen = 0
for name, document in policies():
    seen += 1
    for line in [*told_by_parliament(document), *told_by_cloudsplaining(document)]:
        found.setdefault(line, []).append(name)
for line in sorted(found):
    print(line)
    print(f"  {len(found[line])}: {', '.join(sorted(set(found[line]))[:3])}", file=sys.stderr)
print(f"{seen} policies", file=sys.stderr)
