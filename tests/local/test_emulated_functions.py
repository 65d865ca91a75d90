"""Functions in the emulator: their role decides what they may do, and they reach nothing but the emulator."""

import io
import json
import zipfile
from typing import Any

import pytest

from local.aws import ACCOUNT, Clients

HANDLER = """
import boto3, os, socket, urllib.request

def handler(event, context):
    s3 = boto3.client("s3")
    try:
        if event["do"] == "put":
            s3.put_object(Bucket=event["bucket"], Key=event["key"], Body=b"x")
        if event["do"] == "connect":
            socket.create_connection(("192.0.2.1", 80), timeout=2)
        if event["do"] == "resolve":
            urllib.request.urlopen("http://192.0.2.1/latest/meta-data", timeout=2)
        if event["do"] == "grow":
            held = bytearray(600 * 1024 * 1024)
            import time; time.sleep(5)
        if event["do"] == "wait":
            import time; time.sleep(30)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return os.environ["AWS_ACCESS_KEY_ID"]
"""

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


@pytest.fixture(scope="module")
def bucket(clients: Clients) -> str:
    """A bucket that denies whatever does not come by TLS, as all of the platform's do."""
    clients("s3").create_bucket(
        Bucket="functions-may-write", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::functions-may-write", "arn:aws:s3:::functions-may-write/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    clients("s3").put_bucket_policy(
        Bucket="functions-may-write", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    return "functions-may-write"


@pytest.fixture(scope="module")
def function(clients: Clients, bucket: str) -> str:
    allow = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/granted/*"}
    clients("iam").create_role(RoleName="writer", AssumeRolePolicyDocument=json.dumps(TRUST))
    clients("iam").put_role_policy(
        RoleName="writer",
        PolicyName="write",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allow]}),
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("app.py", HANDLER)
    clients("lambda").create_function(
        FunctionName="writer",
        Runtime="python3.13",
        Handler="app.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/writer",
        Code={"ZipFile": archive.getvalue()},
        MemorySize=256,
        Timeout=3,
    )
    return "writer"


def invoke(clients: Clients, function: str, **event: str) -> Any:
    answer = clients("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    return json.load(answer["Payload"])


def test_a_function_writes_where_its_role_may_although_loopback_is_no_tls(
    clients: Clients, function: str, bucket: str
) -> None:
    assert invoke(clients, function, do="put", bucket=bucket, key="granted/a").startswith("ASIA")
    assert clients("s3").head_object(Bucket=bucket, Key="granted/a")["ContentLength"] == 1


def test_a_function_is_refused_outside_its_granted_prefix(clients: Clients, function: str, bucket: str) -> None:
    assert "AccessDenied" in invoke(clients, function, do="put", bucket=bucket, key="other/a")


@pytest.mark.parametrize("way", ["connect", "resolve"])
def test_a_function_reaches_nothing_but_this_machine(clients: Clients, function: str, way: str) -> None:
    assert "the local stage lets a function reach 127.0.0.1 only" in invoke(clients, function, do=way)


def test_a_function_over_its_memory_ends(clients: Clients, function: str) -> None:
    answer = invoke(clients, function, do="grow")
    assert "died" in json.dumps(answer)


def test_a_function_over_its_time_ends(clients: Clients, function: str) -> None:
    assert "timed out after 3.00 seconds" in json.dumps(invoke(clients, function, do="wait"))
