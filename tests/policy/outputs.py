"""What AWS would answer for a resource that is created: ids, ARNs, URLs, in the shape of each service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

REGION = "eu-west-1"
ACCOUNT = "123456789012"
PARTITION = "aws"
# What auto-naming puts behind a logical name.
SUFFIX = "abc1234"

# The service of an ARN where it differs from the module of pulumi-aws, and the format of the resource part.
ARNS = {
    "s3/bucket": "arn:aws:s3:::{name}",
    "s3/bucketV2": "arn:aws:s3:::{name}",
    "kms/key": "arn:aws:kms:{region}:{account}:key/{id}",
    "kms/alias": "arn:aws:kms:{region}:{account}:{name}",
    "dynamodb/table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "lambda/function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "lambda/layerVersion": "arn:aws:lambda:{region}:{account}:layer:{name}:1",
    "sqs/queue": "arn:aws:sqs:{region}:{account}:{name}",
    "sns/topic": "arn:aws:sns:{region}:{account}:{name}",
    "cloudwatch/logGroup": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "cloudwatch/eventRule": "arn:aws:events:{region}:{account}:rule/{name}",
    "cloudwatch/eventBus": "arn:aws:events:{region}:{account}:event-bus/{name}",
    "cloudwatch/metricAlarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "scheduler/schedule": "arn:aws:scheduler:{region}:{account}:schedule/default/{name}",
    "scheduler/scheduleGroup": "arn:aws:scheduler:{region}:{account}:schedule-group/{name}",
    "glue/catalogDatabase": "arn:aws:glue:{region}:{account}:database/{name}",
    "glue/catalogTable": "arn:aws:glue:{region}:{account}:table/{database}/{name}",
    "glue/connection": "arn:aws:glue:{region}:{account}:connection/{name}",
    "glue/crawler": "arn:aws:glue:{region}:{account}:crawler/{name}",
    "glue/job": "arn:aws:glue:{region}:{account}:job/{name}",
    "secretsmanager/secret": "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf",
    "ecs/cluster": "arn:aws:ecs:{region}:{account}:cluster/{name}",
    "ecs/taskDefinition": "arn:aws:ecs:{region}:{account}:task-definition/{family}:1",
    "ecr/repository": "arn:aws:ecr:{region}:{account}:repository/{name}",
    "ec2/securityGroup": "arn:aws:ec2:{region}:{account}:security-group/{id}",
    "athena/workgroup": "arn:aws:athena:{region}:{account}:workgroup/{name}",
    "sfn/stateMachine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
    "efs/fileSystem": "arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}",
    "iam/role": "arn:aws:iam::{account}:role/{name}",
    "iam/policy": "arn:aws:iam::{account}:policy/{name}",
    "apigateway/restApi": "arn:aws:apigateway:{region}::/restapis/{id}",
    "apigateway/stage": "arn:aws:apigateway:{region}::/restapis/{rest_api}/stages/{stage}",
    "cloudfront/distribution": "arn:aws:cloudfront::{account}:distribution/{id}",
    "cognito/userPool": "arn:aws:cognito-idp:{region}:{account}:userpool/{id}",
    "wafv2/webAcl": "arn:aws:wafv2:{region}:{account}:regional/webacl/{name}/{id}",
}
KEY_ID_PREFIX = "11111111-2222-3333-4444-"


def outputs_of(type_: str, name: str, inputs: Mapping[str, Any], account: str = ACCOUNT) -> tuple[str, dict[str, Any]]:
    """Return the id and the computed outputs of a new resource in `account`."""
    key = type_.split(":", 2)[1] if type_.startswith("aws:") else ""
    physical = str(inputs.get("name") or inputs.get("bucket") or f"{name}-{SUFFIX}")
    id_ = physical
    # A key's id is made of its name, so that two keys differ and the same program gives the same ids; a group's too.
    if key == "kms/key":
        id_ = f"{KEY_ID_PREFIX}{sum(map(ord, name)):012d}"
    elif key == "cognito/userPool":
        id_ = f"{REGION}_{sum(map(ord, name)):09d}"
    elif key == "ec2/securityGroup":
        id_ = f"sg-{sum(map(ord, name)):017x}"
    values = {
        "name": physical,
        "id": id_,
        "region": REGION,
        "account": account,
        "database": inputs.get("databaseName", "default"),
        "family": inputs.get("family", name),
        "rest_api": inputs.get("restApi"),
        "stage": inputs.get("stageName"),
    }
    service = key.split("/", 1)[0] or "unknown"
    arn = ARNS.get(key, f"arn:aws:{service}:{{region}}:{{account}}:{key.split('/')[-1]}/{{name}}").format(**values)
    outputs: dict[str, Any] = {"arn": arn, "name": physical}
    if key in ("s3/bucket", "s3/bucketV2"):
        outputs = {
            "arn": arn,
            "bucket": physical,
            "bucketDomainName": f"{physical}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{physical}.s3.{REGION}.amazonaws.com",
        }
    elif key == "kms/key":
        outputs = {"arn": arn, "keyId": id_}
    elif key == "kms/alias":
        outputs["targetKeyArn"] = ARNS["kms/key"].format(**values | {"id": inputs.get("targetKeyId")})
    elif key == "sqs/queue":
        id_ = f"https://sqs.{REGION}.amazonaws.com/{account}/{physical}"
        outputs["url"] = id_
    elif key in ("sns/topic", "iam/policy"):
        id_ = arn
    elif key == "lambda/function":
        outputs |= {
            "version": "1",
            "qualifiedArn": f"{arn}:1",
            "invokeArn": f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations",
        }
    elif key == "ec2/vpc":
        outputs |= {"defaultSecurityGroupId": f"sg-default-{name}", "defaultNetworkAclId": f"acl-default-{name}"}
    elif key == "apigateway/restApi":
        outputs |= {"executionArn": f"arn:aws:execute-api:{REGION}:{account}:{id_}", "rootResourceId": f"root-{name}"}
    elif key == "apigatewayv2/api":
        outputs |= {"executionArn": f"arn:aws:execute-api:{REGION}:{account}:{id_}"}
        outputs |= {"apiEndpoint": f"https://{id_}.execute-api.{REGION}.amazonaws.com"}
    elif key == "apigateway/stage":
        base = f"https://{inputs.get('restApi')}.execute-api.{REGION}.amazonaws.com"
        outputs |= {"invokeUrl": f"{base}/{inputs.get('stageName')}"}
    elif key == "cognito/userPool":
        outputs |= {"endpoint": f"cognito-idp.{REGION}.amazonaws.com/{id_}"}
    elif key == "cognito/userPoolClient" and inputs.get("generateSecret"):
        outputs |= {"clientSecret": f"secret of {name}"}
    elif key == "cloudfront/distribution":
        outputs |= {"domainName": f"{id_.lower()}.cloudfront.net"}
    elif key == "ecr/repository":
        outputs |= {"repositoryUrl": f"{account}.dkr.ecr.{REGION}.amazonaws.com/{physical}", "registryId": account}
    elif key == "ecs/taskDefinition":
        outputs |= {"arnWithoutRevision": arn.removesuffix(":1"), "revision": 1}
    elif key == "secretsmanager/secret":
        id_ = arn
    elif key == "lambda/layerVersion":
        id_ = arn
        outputs |= {"version": "1", "layerArn": arn.rsplit(":", 1)[0]}
    elif key == "s3/bucketObjectv2":
        outputs = {"arn": f"arn:aws:s3:::{inputs.get('bucket')}/{inputs.get('key')}", "versionId": "v1", "etag": "e1"}
    elif key == "dynamodb/table":
        outputs |= {"streamArn": f"{arn}/stream/2026-01-01T00:00:00.000", "streamLabel": "2026-01-01T00:00:00.000"}
    return id_, outputs


def component_outputs(
    type_: str, name: str, inputs: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[tuple[str, str, dict[str, Any]]]]]:
    """Return the outputs of a component of another package: the plain ones, and those that are resources.

    Such a component is one resource for mocks; of its children there are type, name and state.
    """
    if type_ != "awsx:ec2:Vpc":
        return {}, {}
    subnets: dict[str, list[str]] = {"private": [], "public": [], "isolated": []}
    for spec in inputs["subnetSpecs"]:
        kind = spec["type"].lower()
        numbers = range(1, len(spec["cidrBlocks"]) + 1)
        subnets[kind] += [f"{name}-{spec.get('name') or kind}-{number}" for number in numbers]
    strategy = inputs["natGateways"]["strategy"]
    gateways = {"None": 0, "Single": 1, "OnePerAz": len(subnets["public"])}[strategy]
    plain = {
        "vpcId": f"vpc-{name}",
        **{f"{kind}SubnetIds": [f"subnet-{each}" for each in found] for kind, found in subnets.items()},
    }
    tables = [each for found in subnets.values() for each in found]
    return plain, {
        "routeTables": [("aws:ec2/routeTable:RouteTable", each, {"id": f"rtb-{each}"}) for each in tables],
        "eips": [
            ("aws:ec2/eip:Eip", f"{name}-{number}", {"publicIp": f"203.0.113.{number}"})
            for number in range(1, gateways + 1)
        ],
    }


def result_of(token: str) -> dict[str, Any]:
    """Return the answer of a provider function."""
    name = token.rsplit(":", 1)[-1]
    if name == "getCallerIdentity":
        return {"accountId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:role/deploy", "userId": "deploy", "id": ACCOUNT}
    if name == "getRegion":
        return {"name": REGION, "region": REGION, "id": REGION, "description": "Europe (Ireland)"}
    if name == "getPartition":
        return {
            "partition": PARTITION,
            "dnsSuffix": "amazonaws.com",
            "id": PARTITION,
            "reverseDnsPrefix": "com.amazonaws",
        }
    raise NotImplementedError(f"{token} has no answer in tests/policy/outputs.py: add one")
