"""Containers, their images and secrets: defaults, options, refusals."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from components import (
    Egress,
    EncryptionKey,
    FargateCluster,
    FargateJob,
    Image,
    ImageCache,
    ImageRepository,
    LambdaFunction,
    Rotation,
    Secret,
)
from tests.policy.harness import Recorded, record
from tests.unit import jobs
from tests.unit.programs import ACCOUNT, CONFIG

SUFFIX = "abc1234"


def recorded(program: Callable[[], object]) -> dict[str, Recorded]:
    return {one.name: one for one in record(program, config=CONFIG)}


def task(program: Callable[[], object]) -> dict[str, Any]:
    (found,) = [one for one in recorded(program).values() if one.type.endswith(":TaskDefinition")]
    return dict(found.inputs)


def container(program: Callable[[], object]) -> dict[str, Any]:
    (found,) = json.loads(task(program)["containerDefinitions"])
    return dict(found)


def statements(found: dict[str, Recorded], role: str) -> list[dict[str, Any]]:
    policies = [
        one for one in found.values() if one.type == "aws:iam/rolePolicy:RolePolicy" and one.name.startswith(f"{role}-")
    ]
    return [statement for policy in policies for statement in json.loads(policy.inputs["policy"])["Statement"]]


def actions(found: dict[str, Recorded], role: str) -> set[str]:
    return {
        action
        for statement in statements(found, role)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def made(**given: Any) -> Callable[[], object]:
    """A job with these arguments beside what it needs."""
    needed: dict[str, Any] = {"image": jobs.PYTHON, "command": ["x"], "network": jobs.NETWORK}
    return lambda: FargateJob("export", key=EncryptionKey("key"), **{**needed, **given})


def refused(match: str, **given: Any) -> None:
    with pytest.raises(ValueError, match=match):
        record(made(**given), config=CONFIG)


# The container


def test_a_container_cannot_write_but_to_tmp_and_is_nobody() -> None:
    found = container(jobs.job)
    assert found["readonlyRootFilesystem"] is True
    assert found["user"] == "1000:1000"
    assert found["linuxParameters"]["initProcessEnabled"] is True
    assert found["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}


def test_tmp_is_half_of_the_memory_since_a_bind_mount_belongs_to_root() -> None:
    (tmp,) = container(jobs.job)["linuxParameters"]["tmpfs"]
    assert (tmp["containerPath"], tmp["size"]) == ("/tmp", 256)
    assert container(jobs.job)["mountPoints"] == []


def test_tmp_is_on_disk_where_a_job_asks_for_one() -> None:
    found = task(jobs.equipped_job)
    assert found["ephemeralStorage"] == {"sizeInGib": 50}
    assert found["volumes"] == [{"name": "tmp"}]
    inside = container(jobs.equipped_job)
    assert inside["mountPoints"] == [{"sourceVolume": "tmp", "containerPath": "/tmp"}]
    assert "tmpfs" not in inside["linuxParameters"]


def test_a_program_finds_its_home_where_it_can_write() -> None:
    assert {"name": "HOME", "value": "/tmp"} in container(jobs.job)["environment"]
    assert {"name": "HOME", "value": "/data"} in container(made(environment={"HOME": "/data"}))["environment"]


def test_a_secret_is_injected_by_reference_whole_or_one_key_of_it() -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:odk-{SUFFIX}-AbCdEf"
    assert container(jobs.equipped_job)["secrets"] == [
        {"name": "ODK", "valueFrom": arn},
        {"name": "ODK_USER", "valueFrom": f"{arn}:user::"},
    ]


def test_logs_go_to_the_jobs_own_group_and_never_block_it() -> None:
    options = container(jobs.job)["logConfiguration"]["options"]
    assert options["awslogs-group"] == recorded(jobs.job)["export-logs"].outputs["name"]
    assert (options["mode"], options["max-buffer-size"]) == ("non-blocking", "25m")
    assert options["awslogs-region"] == "eu-west-1"


def test_a_container_has_as_long_to_end_as_spot_gives_it() -> None:
    assert container(jobs.job)["stopTimeout"] == 120


# The task


def test_a_tasks_size_and_architecture_are_what_was_asked_for() -> None:
    assert (task(jobs.job)["cpu"], task(jobs.job)["memory"]) == ("256", "512")
    assert task(jobs.job)["runtimePlatform"]["cpuArchitecture"] == "ARM64"
    found = task(jobs.equipped_job)
    assert (found["cpu"], found["memory"]) == ("1024", "4096")
    assert found["runtimePlatform"]["cpuArchitecture"] == "X86_64"


def test_former_revisions_stay_for_the_runs_that_were_started_with_them() -> None:
    assert task(jobs.job)["skipDestroy"] is True


def test_a_family_has_a_fixed_name_that_ecs_accepts() -> None:
    found = [
        one
        for one in record(jobs.job, project="my.project", stack="dev", config=CONFIG)
        if one.type.endswith(":TaskDefinition")
    ]
    assert found[0].inputs["family"] == "my-project-dev-export"


def test_ecs_may_pull_the_one_image_write_the_one_log_and_read_the_secrets_that_were_given() -> None:
    found = recorded(jobs.equipped_job)
    assert actions(found, "export-execution-role") == {
        "ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer", "logs:CreateLogStream", "logs:PutLogEvents", "secretsmanager:GetSecretValue",
        "kms:Decrypt",
    }  # fmt: skip
    wide = [one["Action"] for one in statements(found, "export-execution-role") if one["Resource"] == "*"]
    assert wide == ["ecr:GetAuthorizationToken"]


def test_a_public_image_takes_no_permission() -> None:
    assert actions(recorded(jobs.job), "export-execution-role") == {"logs:CreateLogStream", "logs:PutLogEvents"}


def test_a_program_may_do_nothing_until_it_is_granted_something() -> None:
    assert statements(recorded(jobs.equipped_job), "export-role") == []


def test_a_task_is_defined_when_ecs_may_start_it() -> None:
    found = recorded(jobs.equipped_job)
    granted = {one.urn for one in found.values() if one.name.startswith("export-execution-role-")}
    assert len(granted) >= 2
    assert granted <= set(found["export-task"].waits_for)


def test_a_group_lets_nothing_in_and_https_out() -> None:
    found = recorded(jobs.job)
    assert not [one for one in found.values() if "Ingress" in one.type]
    (rule,) = [one for one in found.values() if one.type.endswith(":SecurityGroupEgressRule")]
    assert (rule.inputs["fromPort"], rule.inputs["toPort"], rule.inputs["cidrIpv4"]) == (443, 443, "0.0.0.0/0")


def test_egress_is_what_is_listed_and_nothing_else() -> None:
    found = recorded(jobs.equipped_job)
    rules = {name: one.inputs for name, one in found.items() if one.type.endswith(":SecurityGroupEgressRule")}
    assert set(rules) == {"export-group-egress-0", "export-group-egress-1"}
    assert rules["export-group-egress-0"]["prefixListId"] == "pl-1"
    assert rules["export-group-egress-1"]["cidrIpv4"] == "203.0.113.0/24"


def test_a_group_of_the_callers_own_is_used_as_it_is() -> None:
    assert not [one for one in recorded(made(security_group_id="sg-1")) if "group" in one]


def test_a_cluster_is_shared_or_brought() -> None:
    assert "export-cluster" not in recorded(jobs.equipped_job)
    brought = "arn:aws:ecs:eu-west-1:123456789012:cluster/theirs"
    found = recorded(made(cluster=None))
    assert found["export-cluster-capacity"].inputs["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    resources = recorded(lambda: FargateCluster("theirs", arn=brought))
    assert not [one for one in resources.values() if one.type.startswith("aws:")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"cpu": 300}, "256, 512, 1024, 2048, 4096, 8192, 16384"),
        ({"cpu": 256, "memory": 4096}, r"512, 1024, 2048 MiB; cpu=512 or 1024 or 2048 has 4096"),
        ({"cpu": 8192, "memory": 18_432}, "16384 to 61440 in steps of 4096"),
        ({"disk": 20}, "21 to 200"),
        ({"disk": 201}, "21 to 200"),
        ({"stop_timeout": 121}, "2 to 120"),
        ({"temporary": 512}, "memory=512"),
        ({"temporary": 100, "disk": 30}, "give one"),
        ({"user": "root"}, "is root"),
        ({"user": "0:0"}, "is root"),
        ({"environment": {"1A": "x"}}, "'1A'"),
        ({"environment": {"DB_PASSWORD": "x"}}, "keep it in a Secret"),
        ({"security_group_id": "sg-1", "egress": []}, "either egress or security_group_id"),
    ],
)
def test_what_fargate_would_refuse_only_at_the_start_is_refused(given: dict[str, Any], said: str) -> None:
    refused(said, **given)


@pytest.mark.parametrize(("cpu", "memory"), [(256, 512), (512, 4096), (4096, 30_720), (16_384, 122_880)])
def test_the_ends_of_fargates_table_are_accepted(cpu: int, memory: int) -> None:
    assert task(made(cpu=cpu, memory=memory))["memory"] == str(memory)


def test_a_variable_is_given_once() -> None:
    def program() -> None:
        key = EncryptionKey("key")
        secret = Secret("odk", key=key, description="x", renewed_by="us")
        made(environment={"ODK": "x"}, secrets={"ODK": secret})()

    with pytest.raises(ValueError, match="in environment and in secrets"):
        record(program, config=CONFIG)


def test_what_is_reached_is_said_in_one_way() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Egress(description="Both", cidr="10.0.0.0/8", prefix_list_id="pl-1")


def test_a_description_that_ec2_would_refuse_is_refused() -> None:
    with pytest.raises(ValueError, match="EC2 takes"):
        Egress(description="Spark's workers", cidr="10.0.0.0/8")


# Images


def uri(image: Callable[[], Image]) -> str:
    seen: list[str] = []
    record(lambda: image().uri.apply(seen.append), config=CONFIG)  # type: ignore[union-attr]
    return seen[0]


def test_an_image_is_named_by_its_tag_or_its_digest() -> None:
    at = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/jobs-{SUFFIX}"
    assert uri(lambda: ImageRepository("jobs", key=EncryptionKey("key")).image(tag="1.2")) == f"{at}:1.2"
    by_digest = uri(lambda: ImageRepository("jobs", key=EncryptionKey("key")).image(digest=jobs.DIGEST))
    assert by_digest == f"{at}@{jobs.DIGEST}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "either tag or digest"),
        ({"tag": "1", "digest": jobs.DIGEST}, "either tag or digest"),
        ({"tag": "-1"}, "is no tag"),
        ({"digest": "sha256:12"}, "is no digest"),
    ],
)
def test_an_image_that_no_registry_has_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        record(lambda: ImageRepository("jobs", key=EncryptionKey("key")).image(**given), config=CONFIG)


def test_an_image_of_docker_hub_has_a_repository_of_ours_so_that_nobody_needs_to_make_one() -> None:
    found = recorded(jobs.cached_image_job)
    assert found["hub-rocker-r-ver"].inputs["name"] == "watershed-test-hub/rocker/r-ver"
    allowed = actions(found, "summary-execution-role")
    assert "ecr:BatchImportUpstreamImage" in allowed
    assert "ecr:CreateRepository" not in allowed


def test_docker_hubs_credentials_are_in_a_secret_with_the_name_that_ecr_asks_for() -> None:
    found = recorded(jobs.cached_image_job)
    assert found["hub-credentials"].inputs["namePrefix"] == "ecr-pullthroughcache/hub-credentials-"
    assert found["hub"].inputs["credentialArn"] == found["hub-credentials"].outputs["arn"]
    assert found["hub"].inputs["upstreamRegistryUrl"] == "registry-1.docker.io"


def test_an_image_that_is_asked_for_twice_has_one_repository() -> None:
    def program() -> None:
        cache = ImageCache("hub", key=EncryptionKey("key"))
        cache.image("rocker/r-ver", tag="4.5.1")
        cache.image("rocker/r-ver", digest=jobs.DIGEST)

    made = [one for one in record(program, config=CONFIG) if one.type == "aws:ecr/repository:Repository"]
    assert len(made) == 1


def test_a_prefix_is_as_short_as_ecr_takes_it() -> None:
    found = record(
        lambda: ImageCache("hub", key=EncryptionKey("key")), project="a-very-long-project-name", config=CONFIG
    )
    (rule,) = [one for one in found if one.type == "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"]
    assert len(rule.inputs["ecrRepositoryPrefix"]) <= 30


def test_a_registry_that_takes_no_credentials_gets_none() -> None:
    assert "cache-credentials" not in recorded(jobs.PROGRAMS["ImageCache"])

    def program() -> None:
        key = EncryptionKey("key")
        secret = Secret("odk", key=key, description="x", renewed_by="us")
        ImageCache("cache", key=key, upstream="quay", credentials=secret)

    with pytest.raises(ValueError, match="takes no credentials"):
        record(program, config=CONFIG)


def test_old_images_go_and_the_newest_stay() -> None:
    rules = json.loads(recorded(jobs.repository)["jobs-lifecycle"].inputs["policy"])["rules"]
    assert [rule["selection"]["countNumber"] for rule in rules] == [7, 50]
    assert rules[-1]["selection"]["tagStatus"] == "any"


@pytest.mark.parametrize("given", [{"keep": 0}, {"keep": 100_001}, {"untagged_days": 0}])
def test_a_lifecycle_that_ecr_would_refuse_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ECR"):
        record(lambda: ImageRepository("jobs", key=EncryptionKey("key"), **given), config=CONFIG)


# Secrets


def test_a_secrets_value_is_filled_in_outside_unless_one_is_given() -> None:
    assert not [one for one in recorded(jobs.secret).values() if one.type.endswith(":SecretVersion")]
    assert [one for one in recorded(jobs.given_secret).values() if one.type.endswith(":SecretVersion")]


def test_a_secret_refuses_plain_http_and_other_accounts() -> None:
    found = recorded(jobs.secret)["database-policy"].inputs
    assert found["blockPublicPolicy"] is True
    http, others = json.loads(found["policy"])["Statement"]
    assert http["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert others["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": ACCOUNT}


def test_who_may_read_a_secret_may_decrypt_it_and_no_other() -> None:
    _, key = statements(recorded(jobs.secret), "reader")
    arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:database-{SUFFIX}-AbCdEf"
    assert key["Action"] == "kms:Decrypt"
    assert key["Condition"]["ArnLike"] == {"kms:EncryptionContext:SecretARN": arn}


def test_a_rotation_may_be_called_by_secrets_manager_for_its_secret_alone() -> None:
    found = recorded(jobs.secret)
    permission = found["database-rotation-permission"].inputs
    assert permission["principal"] == "secretsmanager.amazonaws.com"
    assert permission["sourceArn"] == found["database"].outputs["arn"]
    assert permission["sourceAccount"] == ACCOUNT


def test_a_secret_without_a_value_is_not_rotated_at_once() -> None:
    assert recorded(jobs.secret)["database-rotation"].inputs["rotateImmediately"] is False


def test_a_secret_is_renewed_in_one_way_and_within_what_secrets_manager_takes() -> None:
    def program() -> None:
        key = EncryptionKey("key")
        rotate = LambdaFunction("rotate", handler="ingest", key=key)
        Secret("database", key=key, description="x", rotation=Rotation(function=rotate), renewed_by="us")

    with pytest.raises(ValueError, match="either rotation or renewed_by"):
        record(program, config=CONFIG)

    def often() -> None:
        Rotation(function=LambdaFunction("rotate", handler="ingest", key=EncryptionKey("key")), days=0)

    with pytest.raises(ValueError, match="1 to 1,000"):
        record(often, config=CONFIG)


def test_a_secret_that_exists_is_injected_and_read_like_one_that_was_made() -> None:
    arn = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:theirs-AbCdEf"

    def program() -> None:
        key = EncryptionKey("key")
        theirs = Secret("theirs", key=key, arn=arn)
        FargateJob(
            "export", image=jobs.PYTHON, command=["x"], key=key, network=jobs.NETWORK, secrets={"A": theirs.field("a")}
        )

    found = recorded(program)
    (inside,) = json.loads(found["export-task"].inputs["containerDefinitions"])
    assert inside["secrets"] == [{"name": "A", "valueFrom": f"{arn}:a::"}]
    assert "secretsmanager:GetSecretValue" in actions(found, "export-execution-role")
    assert not [one for one in found.values() if one.type.startswith("aws:secretsmanager/")]


@pytest.mark.parametrize(
    ("given", "said"),
    [({}, "say in description"), ({"arn": "arn:x", "value": "x"}, "exists already")],
)
def test_a_secret_is_made_with_a_description_or_brought_with_nothing(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        record(lambda: Secret("odk", key=EncryptionKey("key"), **given), config=CONFIG)
