"""The lives of what jobs are made of: secrets, images, tasks, Glue's jobs and crawlers, security groups."""

import json
import uuid
from typing import Any

from local.provider.values import Secret

from .provider_world import Case, World, get, policy

CONTAINER = {
    "name": "main",
    "image": "public.ecr.aws/docker/library/python:3.13",
    "command": ["python", "-m", "job"],
    "user": "1000:1000",
    "readonlyRootFilesystem": True,
    "linuxParameters": {
        "initProcessEnabled": True,
        "tmpfs": [{"containerPath": "/tmp", "size": 256, "mountOptions": ["rw"]}],
    },
    "environment": [{"name": "HOME", "value": "/tmp"}],
    "stopTimeout": 120,
}
EXPIRE = {
    "rules": [
        {
            "rulePriority": 1,
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 5},
            "action": {"type": "expire"},
        }
    ]
}


def vpc(world: World) -> str:
    """The VPC that every account has."""
    found: str = world.clients("ec2").describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0][
        "VpcId"
    ]
    return found


def https(world: World) -> dict[str, Any]:
    """A rule of a group of its own."""
    group = f"ruled-{uuid.uuid4()}"
    return {
        "securityGroupId": world.made("aws:ec2/securityGroup:SecurityGroup", group, vpcId=vpc(world)).id,
        "description": "HTTPS",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/8",
        "tags": {"a": "b"},
    }


def task(world: World) -> dict[str, Any]:
    """A task definition as a job has it."""
    return {
        "family": "watershed-local-export",
        "containerDefinitions": json.dumps([CONTAINER]),
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        "ephemeralStorage": {"sizeInGib": 30},
        "volumes": [{"name": "tmp"}],
        "executionRoleArn": world.role["arn"],
        "taskRoleArn": world.role["arn"],
        "tags": {"a": "b"},
    }


def encryption(world: World) -> dict[str, Any]:
    """A security configuration's settings."""
    return {
        "s3Encryption": {"s3EncryptionMode": "SSE-KMS", "kmsKeyArn": world.key},
        "cloudwatchEncryption": {"cloudwatchEncryptionMode": "SSE-KMS", "kmsKeyArn": world.key},
        "jobBookmarksEncryption": {"jobBookmarksEncryptionMode": "CSE-KMS", "kmsKeyArn": world.key},
    }


CASES = (
    Case("aws:ecs/taskDefinition:TaskDefinition", task),
    Case(
        "aws:ecs/cluster:Cluster",
        lambda world: {"settings": [{"name": "containerInsights", "value": "enabled"}], "tags": {"a": "b"}},
        {"settings": [{"name": "containerInsights", "value": "enhanced"}]},
        lambda clients, outputs: clients("ecs").describe_clusters(clusters=[outputs["arn"]], include=["SETTINGS"])[
            "clusters"
        ][0]["settings"][0]["value"],
        "enabled",
        "enhanced",
        import_id=lambda life: str(life.outputs["name"]),
    ),
    Case(
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        lambda world: {
            "clusterName": world.made("aws:ecs/cluster:Cluster", "jobs").outputs["name"],
            "capacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "defaultCapacityProviderStrategies": [{"capacityProvider": "FARGATE", "weight": 1}],
        },
        {"capacityProviders": ["FARGATE"]},
        lambda clients, outputs: clients("ecs").describe_clusters(clusters=[outputs["clusterName"]])["clusters"][0][
            "capacityProviders"
        ],
        ["FARGATE", "FARGATE_SPOT"],
        ["FARGATE"],
        stays=True,
    ),
    Case(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda world: {"description": "Jobs", "vpcId": vpc(world), "tags": {"a": "b"}},
        {"tags": {"a": "c"}},
        lambda clients, outputs: [
            (found["IpPermissionsEgress"], found["Tags"][0]["Value"])
            for found in clients("ec2").describe_security_groups(GroupIds=[outputs["id"]])["SecurityGroups"]
        ],
        [([], "b")],
        [([], "c")],
    ),
    *(
        Case(
            f"aws:vpc/securityGroup{direction}Rule:SecurityGroup{direction}Rule",
            https,
            {"cidrIpv4": "10.1.0.0/16", "description": "HTTPS inside"},
            lambda clients, outputs: [
                (rule["CidrIpv4"], rule["Description"])
                for rule in clients("ec2").describe_security_group_rules(SecurityGroupRuleIds=[outputs["id"]])[
                    "SecurityGroupRules"
                ]
            ],
            [("10.0.0.0/8", "HTTPS")],
            [("10.1.0.0/16", "HTTPS inside")],
        )
        for direction in ("Egress", "Ingress")
    ),
    Case(
        "aws:secretsmanager/secret:Secret",
        lambda world: {"description": "one", "kmsKeyId": world.key, "recoveryWindowInDays": 7, "tags": {"a": "b"}},
        {"description": "two"},
        get("secretsmanager", "describe_secret", "Description", SecretId="arn"),
        "one",
        "two",
    ),
    Case(
        "aws:secretsmanager/secretVersion:SecretVersion",
        lambda world: {
            "secretId": world.made("aws:secretsmanager/secret:Secret", "versioned").id,
            "secretString": Secret("hunter22"),
        },
        {},
        lambda clients, outputs: clients("secretsmanager").get_secret_value(SecretId=outputs["secretId"])[
            "SecretString"
        ],
        "hunter22",
        stays=True,
    ),
    Case(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        lambda world: {
            "secretArn": world.made("aws:secretsmanager/secret:Secret", "guarded").id,
            "policy": policy("*"),
            "blockPublicPolicy": True,
        },
        {"policy": policy("arn:aws:s3:::a/*")},
    ),
    Case(
        "aws:ecr/repository:Repository",
        lambda world: {
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": False},
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": world.key}],
            "tags": {"a": "b"},
        },
        {"imageScanningConfiguration": {"scanOnPush": True}},
        lambda clients, outputs: clients("ecr").describe_repositories(repositoryNames=[outputs["name"]])[
            "repositories"
        ][0]["imageScanningConfiguration"]["scanOnPush"],
        False,
        True,
    ),
    Case(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        lambda world: {
            "repository": world.made("aws:ecr/repository:Repository", "ageing").outputs["name"],
            "policy": json.dumps(EXPIRE),
        },
    ),
    Case(
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        lambda world: {
            "repository": world.made("aws:ecr/repository:Repository", "shared").outputs["name"],
            "policy": policy("*"),
        },
        {"policy": policy("arn:aws:s3:::a/*")},
    ),
    Case(
        "aws:glue/securityConfiguration:SecurityConfiguration",
        lambda world: {"encryptionConfiguration": encryption(world)},
    ),
    Case(
        "aws:glue/job:Job",
        lambda world: {
            "roleArn": world.role["arn"],
            "command": {"name": "glueetl", "pythonVersion": "3", "scriptLocation": f"s3://{world.bucket}/job.py"},
            "glueVersion": "5.1",
            "workerType": "G.1X",
            "numberOfWorkers": 2,
            "timeout": 30,
            "maxRetries": 0,
            "executionProperty": {"maxConcurrentRuns": 4},
            "defaultArguments": {"--job-bookmark-option": "job-bookmark-disable"},
            "nonOverridableArguments": {"--enable-metrics": "true"},
            "tags": {"a": "b"},
        },
        {"timeout": 60},
        get("glue", "get_job", "Job", "Timeout", JobName="name"),
        30,
        60,
    ),
    Case(
        "aws:glue/crawler:Crawler",
        lambda world: {
            "role": world.role["arn"],
            "databaseName": world.database,
            "s3Targets": [{"path": f"s3://{world.bucket}/files/"}],
            "schemaChangePolicy": {"updateBehavior": "LOG", "deleteBehavior": "LOG"},
            "recrawlPolicy": {"recrawlBehavior": "CRAWL_EVERYTHING"},
            "configuration": '{"Version": 1.0}',
            "tags": {"a": "b"},
        },
        {"tablePrefix": "found_"},
        get("glue", "get_crawler", "Crawler", "TablePrefix", Name="name"),
        "",
        "found_",
    ),
)


def recorded(world: World) -> dict[str, dict[str, Any]]:
    """The inputs of what the emulated AWS does not have."""
    secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ecr-pullthroughcache/hub-AbCdEf"
    return {
        "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": {
            "ecrRepositoryPrefix": "hub",
            "upstreamRegistryUrl": "registry-1.docker.io",
            "credentialArn": secret,
        },
        "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": {
            "prefix": "hub",
            "appliedFors": ["PULL_THROUGH_CACHE"],
            "imageTagMutability": "IMMUTABLE",
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": world.key}],
            "lifecyclePolicy": json.dumps(EXPIRE),
            "resourceTags": {"a": "b"},
        },
        "aws:glue/connection:Connection": {
            "connectionProperties": {
                "JDBC_CONNECTION_URL": "jdbc:postgresql://db/a",
                "JDBC_ENFORCE_SSL": "true",
                "SECRET_ID": secret,
            },
            "physicalConnectionRequirements": {"subnetId": "subnet-1", "securityGroupIdLists": ["sg-1"]},
        },
        "aws:secretsmanager/secretRotation:SecretRotation": {
            "secretId": secret,
            "rotationLambdaArn": world.function["arn"],
            "rotationRules": {"automaticallyAfterDays": 30},
        },
    }
