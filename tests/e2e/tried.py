"""A pipeline of the tests' own beside the shipped ones, whose container does what an object in the lake tells it."""

import json
import textwrap
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.aws import Clients

PROBE = '''
"""Notes that it ran, and then does what the control object of its stage says."""

import json, os, sys, time, uuid
import boto3

stage, date = os.environ["RUN_STAGE"], os.environ["RUN_DATE"]
settings = json.loads(
    boto3.client("s3").get_object(Bucket=os.environ["SETTINGS_BUCKET"], Key=os.environ["SETTINGS_KEY"],
                                  VersionId=os.environ["SETTINGS_VERSION"])["Body"].read()
)
s3, bucket = boto3.client("s3"), settings["zones"]["analytics"]["bucket"]
before = s3.list_objects_v2(Bucket=bucket, Prefix=f"tried/ran/{date}/{stage}/").get("KeyCount", 0)
s3.put_object(Bucket=bucket, Key=f"tried/ran/{date}/{stage}/{uuid.uuid4().hex}", Body=str(os.getpid()).encode())
found = s3.list_objects_v2(Bucket=bucket, Prefix=f"tried/control/{date}/{stage}.json")
control = {}
if found.get("KeyCount"):
    control = json.loads(s3.get_object(Bucket=bucket, Key=found["Contents"][0]["Key"])["Body"].read())
print(f"{stage} of {date}: try {before + 1}, told {control}", flush=True)
time.sleep(control.get("sleep", 0))
if before < control.get("fail_times", 0):
    sys.exit("the probe was told to fail")
'''
FILES = {
    "probe/__main__.py": PROBE,
    "probe/Dockerfile": "FROM scratch\n",
    "deployables.toml": """
        [containers.probe]
        dockerfile = "probe/Dockerfile"
        sources = ["probe"]
        requirements = "handlers/staged_files/requirements.txt"
        """,
    "jobs/tried.yaml": """
        name: probe
        type: fargate
        container: probe
        command: [python, -m, probe]
        files:
          - { zone: analytics, prefix: tried/, access: [read, write] }
        """,
    "pipelines/tried.yaml": """
        name: tried
        timeout: 600
        stages:
          - { name: first, type: fargate, job: probe, timeout: 120 }
          - { name: second, type: fargate, job: probe, timeout: 120, retryFailures: 2 }
          - name: side
            type: parallel
            branches:
              - [{ name: third, type: fargate, job: probe, timeout: 120 }]
              - [{ name: fourth, type: fargate, job: probe, timeout: 120 }]
        """,
}


def add_pipeline(project: Path) -> None:
    """Write the pipeline into a checkout."""
    for name, text in FILES.items():
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))


@dataclass(frozen=True)
class Lab:
    """What the probes are told, and what they have done."""

    clients: Clients
    bucket: str
    topic: str
    queue: str

    def tell(self, date: str, stage: str, **control: Any) -> None:
        """Say what the stage does in runs of the date."""
        key = f"tried/control/{date}/{stage}.json"
        self.clients("s3").put_object(Bucket=self.bucket, Key=key, Body=json.dumps(control).encode())

    def ran(self, date: str, stage: str) -> list[int]:
        """The process id of each container that ran the stage for the date."""
        s3 = self.clients("s3")
        found = s3.list_objects_v2(Bucket=self.bucket, Prefix=f"tried/ran/{date}/{stage}/").get("Contents", [])
        return [int(s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read()) for each in found]

    def notices(self) -> list[dict[str, Any]]:
        """What people were told since the last look."""
        found = self.clients("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        told = []
        for message in found.get("Messages", []):
            self.clients("sqs").delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
            told.append(json.loads(message["Body"]))
        return told


def make_lab(clients: Clients, bucket: str) -> Lab:
    """Listen to the topic that people are told by."""
    topics = [each["TopicArn"] for each in clients("sns").list_topics()["Topics"]]
    (topic,) = [arn for arn in topics if "alarms" in arn]
    queue = clients("sqs").create_queue(QueueName=f"told-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    arn = clients("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    clients("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    clients("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return Lab(clients, bucket, topic, queue)
