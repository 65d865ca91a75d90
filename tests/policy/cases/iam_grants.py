"""IAM: identity policies as AWS's guides write them, and the same made too wide.

Sources: the example policies of the IAM User Guide and of the Lambda, Step Functions, Glue, Athena, DynamoDB, ECS,
EC2 and Organizations guides.
"""

from __future__ import annotations

from typing import Any

from tests.policy.cases import bad, good
from tests.policy.cases.iam import ACCOUNT, GLUE, KEYS, LOGS, ONE_ROLE, POLICY, ROLE, TABLES, TO_LAMBDA, grants
from tests.policy.resources import allow, document, make

USER = f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"
EC2 = f"arn:aws:ec2:eu-west-1:{ACCOUNT}"
SSM = f"arn:aws:ssm:eu-west-1:{ACCOUNT}"
STATES = f"arn:aws:states:eu-west-1:{ACCOUNT}"
ECS = f"arn:aws:ecs:eu-west-1:{ACCOUNT}"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function"


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    return {operator: {key: value}}


REACHES_ANY = {
    "one letter of a name, and a wildcard before it": allow("s3:GetObject", "arn:aws:s3:::*a/*"),
    "question marks only": allow("s3:GetObject", "arn:aws:s3:::????????/*"),
    "any partition": allow("s3:GetObject", "arn:*:s3:::*"),
    "any service of ARNs": allow("s3:PutObject", "arn:aws:*:::*"),
    "every parameter": allow("ssm:GetParameter", f"{SSM}:parameter/*"),
    "every parameter of the account, in a path": allow("ssm:GetParametersByPath", f"{SSM}:*"),
    "every state machine": allow("states:StartExecution", f"{STATES}:stateMachine:*"),
    "every execution": allow("states:StopExecution", f"{STATES}:execution:*"),
    "every task definition": allow("ecs:RunTask", f"{ECS}:task-definition/*"),
    "every stream": allow("kinesis:PutRecords", f"arn:aws:kinesis:eu-west-1:{ACCOUNT}:stream/*"),
    "every Firehose": allow("firehose:PutRecordBatch", "*"),
    "every bus": allow("events:PutEvents", "*"),
    "every topic": allow("sns:Publish", f"arn:aws:sns:*:{ACCOUNT}:*"),
    "every repository": allow("ecr:BatchGetImage", "*"),
    "every instance": allow("ec2:TerminateInstances", f"{EC2}:instance/*"),
    "shells on every instance": allow("ssm:StartSession", "*"),
    "commands on every instance": allow("ssm:SendCommand", "*"),
    "code of every function": allow("lambda:UpdateFunctionCode", f"{FUNCTION}:*"),
    "every user pool": allow("cognito-idp:AdminGetUser", "*"),
    "a database user of every cluster": allow("rds-db:connect", "*"),
    "every cluster's credentials": allow("redshift:GetClusterCredentials", "*"),
    "every Glue database": allow("glue:GetDatabase", [f"{GLUE}:catalog", f"{GLUE}:database/*"]),
    "tables of every Glue database": allow("glue:GetPartitions", f"{GLUE}:table/*/*"),
    "every workgroup": allow("athena:StartQueryExecution", f"arn:aws:athena:eu-west-1:{ACCOUNT}:workgroup/*"),
    "every API": allow("execute-api:Invoke", "arn:aws:execute-api:*:*:*"),
    "every key, for grants": allow("kms:CreateGrant", "*", Condition=when("Bool", "kms:GrantIsForAWSResource", "true")),
    "every key of the account": allow("kms:ReEncryptFrom", f"arn:aws:kms:*:{ACCOUNT}:key/*"),
    "our organization's resources": allow(
        "s3:GetObject", "*", Condition=when("StringEquals", "aws:ResourceOrgID", "o-1")
    ),
    "our account's resources": allow(
        "s3:GetObject", "*", Condition=when("StringEquals", "aws:ResourceAccount", ACCOUNT)
    ),
    "one Region": allow("dynamodb:GetItem", "*", Condition=when("StringEquals", "aws:RequestedRegion", "eu-west-1")),
    "with MFA": allow("ec2:StopInstances", "*", Condition=when("Bool", "aws:MultiFactorAuthPresent", "true")),
    "by day": allow("s3:GetObject", "*", Condition=when("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z")),
    "from our addresses": allow("s3:GetObject", "*", Condition=when("IpAddress", "aws:SourceIp", "203.0.113.0/24")),
    "not from some addresses": allow(
        "s3:GetObject", "*", Condition=when("NotIpAddress", "aws:SourceIp", "192.0.2.0/24")
    ),
    "a tag that must only be there": allow(
        "ec2:StopInstances", "*", Condition=when("Null", "aws:ResourceTag/a", "false")
    ),
    "all of no tags": allow(
        "ec2:StopInstances", "*", Condition=when("ForAllValues:StringEquals", "aws:ResourceTag/team", ["data"])
    ),
    "tag keys": allow(
        "ec2:DeleteTags", "*", Condition=when("ForAllValues:StringEquals", "aws:TagKeys", ["cost-center"])
    ),
    "at least one character of a tag": allow(
        "ec2:StopInstances", "*", Condition=when("StringLike", "aws:ResourceTag/team", "?*")
    ),
    "one tag or any": allow("ec2:StopInstances", "*", Condition=when("StringLike", "aws:ResourceTag/team", ["a", "*"])),
    "the caller's tag": allow("s3:GetObject", "*", Condition=when("StringEquals", "aws:PrincipalTag/team", "data")),
    "logs of every group, after a Deny of one action": allow(["logs:PutLogEvents", "logs:CreateLogStream"], "*"),
    "a home for whoever asks, under any name": allow("s3:GetObject", "arn:aws:s3:::*/${aws:username}/*"),
}
REACHES_NAMED = {
    "reading a folder by variable": allow(
        "s3:ListBucket",
        "arn:aws:s3:::b",
        Condition=when("StringLike", "s3:prefix", ["", "home/", "home/${aws:username}/*"]),
    ),
    "items of one's own": allow(
        ["dynamodb:GetItem", "dynamodb:PutItem"],
        f"{TABLES}/t",
        Condition=when("ForAllValues:StringEquals", "dynamodb:LeadingKeys", ["${cognito-identity.amazonaws.com:sub}"]),
    ),
    "one's own password and keys": allow(["iam:ChangePassword", "iam:CreateAccessKey", "iam:ListAccessKeys"], USER),
    "the password rules": allow(["iam:GetAccountPasswordPolicy", "iam:GetAccountSummary"], "*"),
    "interfaces of a function in a VPC": allow(
        [
            "ec2:CreateNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DeleteNetworkInterface",
            "ec2:AssignPrivateIpAddresses",
            "ec2:UnassignPrivateIpAddresses",
        ],
        "*",
    ),
    "log delivery of a state machine": allow(
        [
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
        ],
        "*",
    ),
    "traces of a state machine": allow(
        ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"], "*"
    ),
    "Lake Formation's data access": allow("lakeformation:GetDataAccess", "*"),
    "executions of one state machine": allow(
        ["states:DescribeExecution", "states:StopExecution"], f"{STATES}:execution:daily:*"
    ),
    "rules that Step Functions owns": allow(
        ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
        f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/StepFunctionsGetEventsForECSTaskRule",
    ),
    "tasks of a cluster": allow("ecs:StopTask", "*", Condition=when("ArnEquals", "ecs:cluster", f"{ECS}:cluster/c")),
    "revisions of a task definition": allow("ecs:RunTask", f"{ECS}:task-definition/load:*"),
    "parameters of a path": allow(["ssm:GetParameter", "ssm:GetParametersByPath"], f"{SSM}:parameter/watershed/*"),
    "interfaces with instances by tag": allow(
        ["ec2:StartInstances", "ec2:StopInstances"],
        f"{EC2}:instance/*",
        Condition=when("StringEquals", "aws:ResourceTag/Owner", "${aws:username}"),
    ),
    "tags at creation": allow(
        "ec2:CreateTags", f"{EC2}:instance/*", Condition=when("StringEquals", "ec2:CreateAction", "RunInstances")
    ),
    "volumes that carry our tag when made": allow(
        "ec2:CreateVolume", f"{EC2}:volume/*", Condition=when("StringEquals", "aws:RequestTag/team", "data")
    ),
    "event source mappings of one function": allow(
        ["lambda:CreateEventSourceMapping", "lambda:DeleteEventSourceMapping"],
        "*",
        Condition=when("ArnEquals", "lambda:FunctionArn", f"{FUNCTION}:f"),
    ),
    "a service-linked role of one service": allow(
        "iam:CreateServiceLinkedRole",
        "*",
        Condition=when("StringEquals", "iam:AWSServiceName", "ecs.amazonaws.com"),
    ),
    "mail from one address": allow(
        "ses:SendEmail", "*", Condition=when("StringEquals", "ses:FromAddress", "a@example.com")
    ),
    "keys by what they encrypt": allow(
        "kms:Decrypt", f"{KEYS}/*", Condition=when("StringEquals", "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::b")
    ),
    "keys by several aliases": allow(
        "kms:Decrypt",
        f"{KEYS}/*",
        Condition=when("ForAnyValue:StringEquals", "kms:ResourceAliases", ["alias/a", "alias/b"]),
    ),
    "keys by alias, whose absence denies": allow(
        "kms:Decrypt",
        f"{KEYS}/*",
        Condition={
            "ForAllValues:StringEquals": {"kms:ResourceAliases": ["alias/a"]},
            "Null": {"kms:ResourceAliases": "false"},
        },
    ),
    "a role in every account, by name": allow("sts:AssumeRole", "arn:aws:iam::*:role/watershed-reader"),
    "who we are": allow("sts:GetCallerIdentity", "*"),
    "names of what there is": allow(["s3:ListAllMyBuckets", "dynamodb:ListTables", "lambda:ListFunctions"], "*"),
    "what is in EC2": allow(["ec2:DescribeInstances", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups"], "*"),
    "channels for ECS Exec": allow(
        [
            "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel",
        ],
        "*",
    ),
    "metrics, which have no resource": allow(["cloudwatch:GetMetricData", "cloudwatch:ListMetrics"], "*"),
    "a random password": allow("secretsmanager:GetRandomPassword", "*"),
    "an instance of any kind of one name": allow(
        "rds-db:connect", f"arn:aws:rds-db:eu-west-1:{ACCOUNT}:dbuser:db-1/app"
    ),
    "one bucket in any partition": allow("s3:GetObject", "arn:*:s3:::bucket/*"),
    "one log group and its streams": allow(
        ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{LOGS}:/a", f"{LOGS}:/a:log-stream:*"]
    ),
    "a bucket of ours by variable": allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalAccount}-data/*"),
}

ACTIONS_WIDE = {
    "all of IAM": allow("iam:*", "*"),
    "all of KMS on a key": allow("kms:*", f"{KEYS}/1"),
    "writes in the middle": allow("dynamodb:*Item", f"{TABLES}/t"),
    "batches": allow("dynamodb:Batch*", f"{TABLES}/t"),
    "tags": allow("ec2:*Tags", f"{EC2}:instance/i-1"),
    "all of logs": allow("logs:*", f"{LOGS}:/a:*"),
    "a question mark for the service's last letter": allow("s?:PutObject", "arn:aws:s3:::b/*"),
    "assuming in any way": allow("sts:Assume*", ONE_ROLE),
}
ACTIONS_NARROW = {
    "looking at EC2": allow("ec2:Describe*", "*"),
    "reading metrics": allow(["cloudwatch:Get*", "cloudwatch:List*", "cloudwatch:Describe*"], "*"),
    "reading a table's description": allow("dynamodb:Describe*", f"{TABLES}/t"),
}

ESCALATES = {
    "a new version of any policy": allow("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/*"),
    "an older version of any policy": allow("iam:SetDefaultPolicyVersion", "*"),
    "any policy on a role": allow("iam:AttachRolePolicy", ONE_ROLE),
    "any permission into a role": allow("iam:PutRolePolicy", ONE_ROLE),
    "any permission into one's own user": allow("iam:PutUserPolicy", USER),
    "any policy on one's own user": allow("iam:AttachUserPolicy", USER),
    "any group": allow("iam:AddUserToGroup", f"arn:aws:iam::{ACCOUNT}:group/*"),
    "any permission into a group": allow("iam:PutGroupPolicy", f"arn:aws:iam::{ACCOUNT}:group/developers"),
    "keys of any user": allow("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/*"),
    "a password of any user": allow(["iam:CreateLoginProfile", "iam:UpdateLoginProfile"], "*"),
    "who may assume a role, and assuming it": allow(["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"], "*"),
    "a function with any role": allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], "*"),
    "an instance with any role": allow(["iam:PassRole", "ec2:RunInstances"], "*"),
    "a stack with any role": allow(["iam:PassRole", "cloudformation:CreateStack"], "*"),
    "a pipeline with any role": allow(
        ["iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"], "*"
    ),
    "a notebook with any role": allow(
        ["iam:PassRole", "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"], "*"
    ),
    "a job with any role": allow(["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"], "*"),
    "a schedule with any role": allow(
        ["iam:PassRole", "scheduler:CreateSchedule"], "*", Condition=when("StringLike", "iam:PassedToService", "*")
    ),
    "a condition that anyone meets": allow(
        "iam:PutRolePolicy", "*", Condition=when("StringLike", "aws:PrincipalArn", "arn:aws:iam::*")
    ),
    "no boundary but a policy's name that can be any": allow(
        "iam:AttachRolePolicy", "*", Condition=when("ArnLike", "iam:PolicyARN", "arn:aws:iam::*:policy/*")
    ),
    "inside a wildcard": allow("iam:*Policy*", "*"),
    "removing the boundary": allow("iam:DeleteRolePermissionsBoundary", f"arn:aws:iam::{ACCOUNT}:role/app-*"),
}
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
ROLES = f"arn:aws:iam::{ACCOUNT}:role/app-*"
ESCALATES_NOT = {
    "roles within a boundary": allow(
        ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
        ROLES,
        Condition=when("StringEquals", "iam:PermissionsBoundary", BOUNDARY),
    ),
    "one policy on a role": allow(
        "iam:AttachRolePolicy",
        ROLES,
        Condition=when("ArnEquals", "iam:PolicyARN", f"arn:aws:iam::{ACCOUNT}:policy/app"),
    ),
    "one's own keys": allow(["iam:CreateAccessKey", "iam:UpdateLoginProfile"], USER),
    "one role for a function": allow("iam:PassRole", ONE_ROLE, Condition=TO_LAMBDA),
    "one function, deployed": allow(["lambda:CreateFunction", "lambda:UpdateFunctionCode"], f"{FUNCTION}:f"),
    "a role, assumed": allow("sts:AssumeRole", ONE_ROLE),
    "a role, described": allow(["iam:GetRole", "iam:ListRolePolicies"], ROLES),
    "denied": {"Effect": "Deny", "Action": ["iam:PutRolePolicy", "iam:AttachRolePolicy"], "Resource": "*"},
}


PASSES = {
    "any service of AWS": allow(
        "iam:PassRole", ONE_ROLE, Condition=when("StringLike", "iam:PassedToService", "*.amazonaws.com")
    ),
    "every service but one": allow(
        "iam:PassRole", ONE_ROLE, Condition=when("StringNotEquals", "iam:PassedToService", "ec2.amazonaws.com")
    ),
    "a role of any path": allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/*/worker", Condition=TO_LAMBDA),
    "any role of any account": allow("iam:PassRole", "arn:aws:iam::*:role/*", Condition=TO_LAMBDA),
    "beside other actions": allow(["lambda:CreateFunction", "iam:PassRole"], "*"),
}
PASSES_ONE = {
    "if the service is said, which it is": allow(
        "iam:PassRole", ONE_ROLE, Condition=when("StringEqualsIfExists", "iam:PassedToService", "ec2.amazonaws.com")
    ),
    "two services": allow(
        "iam:PassRole",
        ONE_ROLE,
        Condition=when("StringEquals", "iam:PassedToService", ["ecs-tasks.amazonaws.com", "states.amazonaws.com"]),
    ),
    "one service in China": allow(
        "iam:PassRole", ONE_ROLE, Condition=when("StringLike", "iam:PassedToService", "ec2.amazonaws.com*")
    ),
    "for one resource": allow(
        "iam:PassRole", ONE_ROLE, Condition=when("StringLike", "iam:AssociatedResourceArn", f"{EC2}:instance/*")
    ),
}
attached = make(POLICY, "managed", policy=document(allow("iam:PassRole", "*", Condition=TO_LAMBDA)))
role = make(ROLE, "role")
boundary = make(POLICY, "boundary", policy=document(allow(["s3:*", "iam:PutRolePolicy"], "*")))

PUT_METRICS = allow("cloudwatch:PutMetricData", "*")
IN_ANY_NAMESPACE = {
    "no condition": PUT_METRICS,
    "any namespace": {**PUT_METRICS, "Condition": when("StringLike", "cloudwatch:namespace", "*")},
    "another condition": {**PUT_METRICS, "Condition": when("StringEquals", "aws:RequestedRegion", "eu-west-1")},
    "by a wildcard": allow("cloudwatch:Put*", "*"),
}
IN_ONE_NAMESPACE = {
    "one namespace": {**PUT_METRICS, "Condition": when("StringEquals", "cloudwatch:namespace", "Glue")},
    "namespaces that begin alike": {**PUT_METRICS, "Condition": when("StringLike", "cloudwatch:namespace", "shop/*")},
    "reading alone": allow("cloudwatch:GetMetricData", "*"),
    "all of everything, of which another rule tells": allow("*", "*"),
}
CASES = [
    *(bad("IAM-METRIC-NAMESPACE", title, grants(statement)) for title, statement in IN_ANY_NAMESPACE.items()),
    *(good("IAM-METRIC-NAMESPACE", title, grants(statement)) for title, statement in IN_ONE_NAMESPACE.items()),
    *(bad("IAM-WILDCARD-RESOURCE", title, grants(statement)) for title, statement in REACHES_ANY.items()),
    *(good("IAM-WILDCARD-RESOURCE", title, grants(statement)) for title, statement in REACHES_NAMED.items()),
    *(bad("IAM-WILDCARD-ACTION", title, grants(statement)) for title, statement in ACTIONS_WIDE.items()),
    *(good("IAM-WILDCARD-ACTION", title, grants(statement)) for title, statement in ACTIONS_NARROW.items()),
    *(bad("IAM-PRIVILEGE-ESCALATION", title, grants(statement)) for title, statement in ESCALATES.items()),
    *(good("IAM-PRIVILEGE-ESCALATION", title, grants(statement)) for title, statement in ESCALATES_NOT.items()),
    *(bad("IAM-PASS-ROLE", title, grants(statement)) for title, statement in PASSES.items()),
    *(good("IAM-PASS-ROLE", title, grants(statement)) for title, statement in PASSES_ONE.items()),
    bad(
        "IAM-PRIVILEGE-ESCALATION",
        "two policies of a role together",
        role,
        make(
            "aws:iam/rolePolicy:RolePolicy", "creates", role=role, policy=document(allow("lambda:CreateFunction", "*"))
        ),
        attached,
        make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role, policyArn=attached),
    ),
    good(
        "IAM-PRIVILEGE-ESCALATION",
        "the two halves in two roles",
        role,
        make(ROLE, "other"),
        make(
            "aws:iam/rolePolicy:RolePolicy",
            "creates",
            role="other",
            policy=document(allow("lambda:CreateFunction", "*")),
        ),
        attached,
        make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role, policyArn=attached),
    ),
    *(
        good(rule, "a boundary, which grants nothing", boundary, make(ROLE, "bound", permissionsBoundary=boundary))
        for rule in ("IAM-WILDCARD-ACTION", "IAM-WILDCARD-RESOURCE", "IAM-PRIVILEGE-ESCALATION")
    ),
    *(
        bad(
            rule,
            "a boundary that is attached as well",
            boundary,
            role,
            make(ROLE, "bound", permissionsBoundary=boundary),
            make("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role, policyArn=boundary),
        )
        for rule in ("IAM-WILDCARD-ACTION", "IAM-WILDCARD-RESOURCE")
    ),
]
