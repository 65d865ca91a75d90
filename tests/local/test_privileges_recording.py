"""What roles do in the emulator is recorded as IAM checks it; what the account's root does is not."""

import io
import json
import urllib.request
import zipfile
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from local.aws import ACCOUNT, Clients
from local.emulator import lifecycle
from local.emulator.recording import Recorder
from local.privileges.calls import ITS_OWN, parse, read_calls

HANDLER = """
import boto3
from botocore.exceptions import ClientError

def handler(event, context):
    s3 = boto3.client("s3")
    s3.put_object(Bucket="recorded", Key="granted/a", Body=b"x")
    s3.copy_object(Bucket="recorded", Key="granted/b", CopySource={"Bucket": "recorded", "Key": "granted/a"})
    try:
        s3.delete_object(Bucket="recorded", Key="granted/a")
    except ClientError as error:
        return error.response["Error"]["Code"]
"""
SERVICE = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
OBJECTS = "arn:aws:s3:::recorded/granted/*"
ASSUMED = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/session"


@pytest.fixture(scope="module")
def answer(clients: Clients) -> str:
    """What the function says after it did what it may and what it may not."""
    clients("s3").create_bucket(Bucket="recorded", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    clients("iam").create_role(
        RoleName="recorded", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [SERVICE]})
    )
    allow = {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": OBJECTS}
    clients("iam").put_role_policy(
        RoleName="recorded",
        PolicyName="work",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("app.py", HANDLER)
    clients("lambda").create_function(
        FunctionName="recorded",
        Runtime="python3.13",
        Handler="app.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/recorded",
        Code={"ZipFile": archive.getvalue()},
        Timeout=20,
    )
    return str(json.load(clients("lambda").invoke(FunctionName="recorded", Payload="{}")["Payload"]))


def test_each_action_that_iam_checks_is_recorded_with_its_resource(answer: str, emulator: lifecycle.Emulator) -> None:
    recorded = [call for call in read_calls(emulator.endpoint).calls if call.role == "recorded"]
    objects = "arn:aws:s3:::recorded/granted"
    assert {(call.action, call.resource) for call in recorded if call.allowed} == {
        ("s3:PutObject", f"{objects}/a"),
        ("s3:PutObject", f"{objects}/b"),
        # The source of the copy.
        ("s3:GetObject", f"{objects}/a"),
    }


def test_what_iam_refused_is_recorded_as_refused(answer: str, emulator: lifecycle.Emulator) -> None:
    assert answer == "AccessDenied"
    refused = [call for call in read_calls(emulator.endpoint).calls if not call.allowed and call.role == "recorded"]
    assert [call.action for call in refused] == ["s3:DeleteObject"]


def test_the_calls_of_the_accounts_root_are_not_recorded(answer: str, emulator: lifecycle.Emulator) -> None:
    with urllib.request.urlopen(emulator.endpoint + "/_watershed/calls") as found:
        document: dict[str, Any] = json.load(found)
    assert "s3:CreateBucket" not in {call["action"] for call in document["calls"]}


def test_equal_calls_are_one_with_a_count() -> None:
    recorder = Recorder()
    for _ in range(3):
        recorder.add(ASSUMED, "s3:GetObject", OBJECTS, {"s3:prefix": "a"}, allowed=True)
    recorder.add(ASSUMED, "s3:GetObject", OBJECTS, {"s3:prefix": "b"}, allowed=True)
    assert [call["count"] for call in recorder.document()["calls"]] == [3, 1]


def test_what_a_service_calls_in_a_role_s_name_is_told_from_what_the_role_calls() -> None:
    recorder = Recorder()
    recorder.name_service("ASIASERVICE", "Athena reads for a query")
    for key in ("ASIASERVICE", "ASIAOWN"):
        recorder.add(ASSUMED, "s3:GetObject", OBJECTS, {}, allowed=True, by=recorder.service_of(key))
    assert {call.by for call in parse(recorder.document()).calls} == {ITS_OWN, "Athena reads for a query"}


def test_who_may_not_list_is_denied_what_is_not_there(clients: Clients, emulator: lifecycle.Emulator) -> None:
    bucket = "absent-objects"
    clients("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    with pytest.raises(ClientError, match="NoSuchKey"):
        clients("s3").get_object(Bucket=bucket, Key="gone")
    get: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    some: dict[str, Any] = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{bucket}",
        "Condition": {"StringLike": {"s3:prefix": "here/*"}},
    }
    everything = {**some, "Condition": {}}
    for name, statements, says in (
        ("reads", [get], "403"),
        ("lists-some", [get, some], "403"),
        ("lists", [get, everything], "404"),
    ):
        with pytest.raises(ClientError) as refused:
            as_role(clients, name, statements).head_object(Bucket=bucket, Key="here/gone")
        assert refused.value.response["Error"]["Code"] == says, name
    calls = [call for call in read_calls(emulator.endpoint).calls if call.role == "lists"]
    assert ("s3:ListBucket", "S3 tells that an object is not there") in {(call.action, call.by) for call in calls}


def as_role(clients: Clients, name: str, statements: list[dict[str, Any]]) -> Any:
    """Make a role, and return S3's client of it."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    clients("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    clients("iam").put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=document)
    taken = clients("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/{name}", RoleSessionName="it")
    session: Any = boto3.session.Session(
        aws_access_key_id=taken["Credentials"]["AccessKeyId"],
        aws_secret_access_key=taken["Credentials"]["SecretAccessKey"],
        aws_session_token=taken["Credentials"]["SessionToken"],
        region_name="eu-central-1",
    )
    path = Config(s3={"addressing_style": "path"})
    return session.client("s3", endpoint_url=clients.endpoint, config=path)


def test_calls_beyond_the_most_are_counted_as_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.emulator.recording.MOST_CALLS", 2)
    recorder = Recorder()
    for number in range(5):
        recorder.add(ASSUMED, "s3:GetObject", f"{OBJECTS}{number}", {}, allowed=True)
    recorder.add(ASSUMED, "s3:GetObject", f"{OBJECTS}0", {}, allowed=True)
    assert (len(parse(recorder.document()).calls), recorder.document()["left_out"]) == (2, 3)


def test_a_call_that_the_emulator_does_not_check_is_named() -> None:
    recorder = Recorder()
    recorder.add_unchecked(ASSUMED, "lambda GET /unknown")
    recorder.add_unchecked(f"arn:aws:iam::{ACCOUNT}:root", "lambda GET /unknown")
    assert parse(recorder.document()).unchecked == (("worker", "lambda GET /unknown"),)
