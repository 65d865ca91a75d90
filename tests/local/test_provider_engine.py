"""The provider and the real engine: previews, deploys, refreshes, replacements, imports and secrets."""

import gc
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import automation

from local.aws import Clients, environment
from local.emulator.lifecycle import Emulator

from .provider_stage import REGION, ROOT, provider, stack

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


ALLOWED = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}'


# The Automation API leaves the coroutine of a program that failed unfinished.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


class Program:
    """An inline program whose body the test swaps between runs."""

    def __init__(self, folder: Path, port: int, config: dict[str, str] | None = None) -> None:
        self.body: Any = lambda: None
        self.folder = folder
        self.outputs: dict[str, Any] = {}
        self.stack = stack(folder, lambda: self.body(), port, config)

    def up(self, body: Any) -> dict[str, int]:
        """Deploy; the count of each kind of change but `same`."""
        self.body = body
        result = self.stack.up()
        self.outputs = {name: output.value for name, output in result.outputs.items()}
        return {str(kind): count for kind, count in (result.summary.resource_changes or {}).items() if kind != "same"}

    def state(self) -> dict[str, Any]:
        """The resources in state by their logical names, as the file holds them."""
        file = next((self.folder / "state").glob(".pulumi/stacks/**/test.json"))
        resources = json.loads(file.read_text())["checkpoint"]["latest"]["resources"]
        return {resource["urn"].rpartition("::")[2]: resource for resource in resources}


@pytest.fixture
def program(emulator: Emulator, tmp_path: Path) -> Iterator[Program]:
    with provider("--endpoint", emulator.endpoint) as port:
        yield Program(tmp_path, port, {"aws:defaultTags": '{"tags": {"project": "test"}}'})
    gc.collect()


def test_a_bucket_is_deployed_changed_and_repaired(program: Program, clients: Clients) -> None:
    tags = {"stage": "one"}

    def bucket() -> None:
        made = aws.s3.Bucket("Zone", tags=tags, force_destroy=True)
        pulumi.export("bucket", made.bucket)
        pulumi.export("tags", made.tags_all)

    def tags_in_aws() -> dict[str, str]:
        found = clients("s3").get_bucket_tagging(Bucket=program.outputs["bucket"])["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found}

    assert program.up(bucket) == {"create": 2}
    assert program.outputs["tags"] == tags_in_aws() == {"project": "test", "stage": "one"}
    assert program.up(bucket) == {}

    tags = {"stage": "two"}
    assert program.up(bucket) == {"update": 1}
    assert tags_in_aws() == {"project": "test", "stage": "two"}

    clients("s3").put_bucket_tagging(
        Bucket=program.outputs["bucket"], Tagging={"TagSet": [{"Key": "by", "Value": "hand"}]}
    )
    program.stack.refresh()
    assert program.up(bucket) == {"update": 1}
    assert tags_in_aws() == {"project": "test", "stage": "two"}


def test_each_instance_of_the_provider_has_default_tags_of_its_own(program: Program) -> None:
    def queues() -> None:
        other = aws.Provider("other", region=REGION, default_tags={"tags": {"team": "other"}})
        bare = aws.Provider("bare", region=REGION)
        made = {
            "default": aws.sqs.Queue("default"),
            "other": aws.sqs.Queue("other", opts=pulumi.ResourceOptions(provider=other)),
            "bare": aws.sqs.Queue("bare", opts=pulumi.ResourceOptions(provider=bare)),
        }
        for name, queue in made.items():
            pulumi.export(name, queue.tags_all)

    program.up(queues)

    assert program.outputs == {"default": {"project": "test"}, "other": {"team": "other"}, "bare": {}}
    assert program.up(queues) == {}


def test_a_destroy_empties_a_bucket_that_says_so(program: Program, clients: Clients) -> None:
    program.up(lambda: pulumi.export("bucket", aws.s3.Bucket("full", force_destroy=True).bucket))
    name = program.outputs["bucket"]
    clients("s3").put_object(Bucket=name, Key="file", Body=b"content")
    program.stack.destroy()
    assert name not in [found["Name"] for found in clients("s3").list_buckets()["Buckets"]]


def test_what_was_deleted_by_hand_is_made_again(program: Program, clients: Clients) -> None:
    def queue() -> None:
        pulumi.export("url", aws.sqs.Queue("orders").url)

    program.up(queue)
    clients("sqs").delete_queue(QueueUrl=program.outputs["url"])
    program.stack.refresh()
    assert "orders" not in program.state()
    assert program.up(queue)["create"] == 1


def test_a_resource_with_a_fixed_name_is_replaced_by_deleting_it_first(program: Program, clients: Clients) -> None:
    key = "one"

    def table() -> None:
        attributes = [aws.dynamodb.TableAttributeArgs(name=key, type="S")]
        aws.dynamodb.Table("t", name="fixed", hash_key=key, billing_mode="PAY_PER_REQUEST", attributes=attributes)

    program.up(table)
    key = "two"
    assert program.up(table) == {"replace": 1}
    schema = clients("dynamodb").describe_table(TableName="fixed")["Table"]["KeySchema"]
    assert schema == [{"AttributeName": "two", "KeyType": "HASH"}]


def test_a_resource_with_an_automatic_name_is_replaced_under_a_new_one(program: Program) -> None:
    path = "/one/"

    def role() -> None:
        pulumi.export("name", aws.iam.Role("role", assume_role_policy=TRUST, path=path).name)

    program.up(role)
    first = program.outputs["name"]
    path = "/two/"
    assert program.up(role) == {"replace": 1}
    assert program.outputs["name"] != first


def test_a_preview_knows_what_it_cannot_know_and_creates_nothing(program: Program, clients: Clients) -> None:
    seen: dict[str, Any] = {}

    def bucket_with_policy() -> None:
        bucket = aws.s3.Bucket("previewed")
        document = pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [{"Resource": bucket.arn}]})
        aws.s3.BucketPolicy("policy", bucket=bucket.bucket, policy=document)
        bucket.bucket.apply(lambda name: seen.update(name=name))
        bucket.arn.apply(lambda arn: seen.update(arn=arn))

    program.body = bucket_with_policy
    before = clients("s3").list_buckets()["Buckets"]
    assert program.stack.preview().change_summary == {"create": 3}
    assert set(seen) == {"name"}
    assert clients("s3").list_buckets()["Buckets"] == before


def test_a_preview_refuses_what_aws_would_refuse(program: Program) -> None:
    def broken() -> None:
        aws.iam.Role("role", assume_role_policy=TRUST, max_session_duration=60)

    program.body = broken
    with pytest.raises(automation.CommandError, match="maxSessionDuration is 60, but AWS needs at least 3600"):
        program.stack.preview()


def test_a_preview_refuses_a_type_the_table_lacks_and_says_where_to_add_it(program: Program) -> None:
    program.body = lambda: aws.sqs.QueueRedrive("x") if hasattr(aws.sqs, "QueueRedrive") else aws.mq.Configuration(
        "x", engine_type="ActiveMQ", engine_version="5.18", data="<broker/>"
    )  # fmt: skip
    with pytest.raises(automation.CommandError, match=r"docs/guides/add-a-resource-type\.md"):
        program.stack.preview()


def test_a_secret_is_encrypted_in_state(program: Program, clients: Clients) -> None:
    def secretive() -> None:
        role = aws.iam.Role("role", assume_role_policy=TRUST, description=pulumi.Output.secret("hunter22"))
        pulumi.export("name", role.name)

    program.up(secretive)
    assert clients("iam").get_role(RoleName=program.outputs["name"])["Role"]["Description"] == "hunter22"
    role = program.state()["role"]
    assert "ciphertext" in role["outputs"]["description"]
    assert "hunter22" not in json.dumps(program.state())
    program.stack.refresh()
    assert "hunter22" not in json.dumps(program.state())


def test_an_existing_resource_is_imported_without_a_change(program: Program, clients: Clients) -> None:
    clients("logs").create_log_group(logGroupName="/before/us")
    clients("logs").put_retention_policy(logGroupName="/before/us", retentionInDays=30)

    def imported() -> None:
        options = pulumi.ResourceOptions(import_="/before/us")
        aws.cloudwatch.LogGroup(
            "logs", name="/before/us", retention_in_days=30, log_group_class="STANDARD", opts=options
        )

    changes = program.up(imported)
    assert changes.get("import") == 1
    assert "create" not in changes or changes["create"] == 1  # the stack itself


# In a process of its own: the Automation API never lets go of the coroutine of an `up` that failed.
UNFINISHED = """
import json, sys
from pathlib import Path
import pulumi, pulumi_aws as aws
from pulumi import automation
from tests.local.test_provider_engine import ALLOWED, TRUST, Program

document = ALLOWED.replace(', "Resource": "*"', "")

def role():
    inline = aws.iam.RoleInlinePolicyArgs(name="read", policy=document)
    pulumi.export("name", aws.iam.Role("role", assume_role_policy=TRUST, inline_policies=[inline]).name)

program = Program(Path(sys.argv[1]), int(sys.argv[2]))
try:
    program.up(role)
except automation.CommandError as error:
    refusal = str(error)
errors = program.state()["role"]["initErrors"]
document = ALLOWED
changes = program.up(role)
Path(sys.argv[1], "result.json").write_text(json.dumps([refusal, errors, changes, program.outputs["name"]]))
"""


def test_an_unfinished_resource_is_kept_and_finished_by_the_next_deploy(
    emulator: Emulator, clients: Clients, tmp_path: Path
) -> None:
    with provider("--endpoint", emulator.endpoint) as port:
        subprocess.run([sys.executable, "-c", UNFINISHED, str(tmp_path), str(port)], cwd=ROOT, check=True)
    refusal, errors, changes, name = json.loads((tmp_path / "result.json").read_text())
    assert "aws:iam/role:Role 'role': iam:PutRolePolicy: MalformedPolicyDocument" in refusal
    assert "PutRolePolicy" in errors[0]
    assert changes["update"] == 1
    assert clients("iam").list_role_policies(RoleName=name)["PolicyNames"] == ["read"]


def test_a_preview_needs_no_aws_at_all(tmp_path: Path) -> None:
    def everything() -> None:
        key = aws.kms.Key("key", enable_key_rotation=True)
        bucket = aws.s3.Bucket("bucket")
        account = aws.get_caller_identity_output().account_id
        aws.sqs.Queue("queue", kms_master_key_id=key.arn, tags={"bucket": bucket.bucket, "account": account})

    with provider("--offline") as port:
        program = Program(tmp_path, port, {"aws:allowedAccountIds": '["222222222222"]'})
        program.body = everything
        assert program.stack.preview().change_summary == {"create": 4}


def test_the_provider_ends_when_its_parent_lets_go() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "local.provider", "--offline"],
        cwd=ROOT,
        env=environment("http://127.0.0.1:9", REGION),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert int(process.stdout.readline()) > 0
    process.stdin.close()
    assert process.wait(20) == 0
