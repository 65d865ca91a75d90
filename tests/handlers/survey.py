"""An ODK server, a lake, and what the one has compared with what the other has."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import boto3

from handlers.common import clients
from handlers.odk_export import __main__ as program
from handlers.odk_export import settings as environment
from handlers.odk_export.secrecy import Secrets
from handlers.odk_export.session import Patience
from local.odk_server import CentralData, CentralServer, Faults, SteppingClock, household_data
from tests.handlers.packages import REPOSITORY, packages_of

USERNAME, PASSWORD = "collector@example.org", "correct horse battery"
FORM = "household"
START = datetime(2026, 2, 1, 6, tzinfo=UTC)
GROUPS = ("__system", "meta", "house")
Row = dict[str, Any]


def stepping_data(**options: Any) -> CentralData:
    """The household survey, with a clock that moves on by a second whenever the server looks at it."""
    return household_data(clock=SteppingClock(START), **options)


class Survey:
    """A server with its data, and a bucket and a table for what is exported."""

    def __init__(self, endpoint: str, data: CentralData | None = None, **variables: str) -> None:
        self.data = data or stepping_data()
        self.faults = Faults()
        self.server = CentralServer(self.data, username=USERNAME, password=PASSWORD, faults=self.faults)
        name = f"odk-{uuid.uuid4().hex[:12]}"
        self.endpoint = endpoint
        self.bucket = self.table = name
        self.s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
        self.s3.create_bucket(Bucket=name)
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        self.dynamodb = boto3.client("dynamodb", endpoint_url=endpoint, region_name="us-east-1")
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        self.variables = {
            "ODK_URL": self.server.url,
            "ODK_PROJECT": "1",
            "ODK_FORMS": FORM,
            "ODK_USERNAME": USERNAME,
            "ODK_PASSWORD": PASSWORD,
            "LANDING_BUCKET": name,
            "STATE_TABLE": name,
            "PAGE_ROWS": "17",
            **variables,
        }
        self.pauses: list[float] = []

    def __enter__(self) -> Survey:
        self.server.__enter__()
        return self

    def __exit__(self, *problem: Any) -> None:
        self.server.__exit__(*problem)

    def export(self, **variables: str) -> None:
        """Run the export here, without waiting."""
        found = environment.read({**self.variables, **variables})
        program.export(found, Secrets(), Patience(sleep=self.pauses.append))

    def process(self, **variables: str) -> subprocess.Popen[str]:
        """Start the export as the local stage does: a process with this environment and the container's packages."""
        aws = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
        given = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(packages_of("odk_export"))]),
            "PYTHONUNBUFFERED": "1",
            **aws,
            **self.variables,
            **variables,
        }
        return subprocess.Popen(
            [sys.executable, "-m", "handlers.odk_export"],
            env=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def requests(self) -> list[str]:
        """What was asked of the server since this was asked last."""
        asked, self.faults.requests[:] = list(self.faults.requests), []
        return asked

    def objects(self) -> dict[str, bytes]:
        """What lies in the bucket."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket)
        keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return {key: self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys}

    def landed(self, table: str, form: str = FORM) -> list[Row]:
        """The rows of a table, of all its objects."""
        found = {key: body for key, body in self.objects().items() if key.startswith(f"odk/{form}/{table}/")}
        return ordered(json.loads(line) for body in found.values() for line in io.BytesIO(body))

    def served(self, table: str, form: str = FORM) -> list[Row]:
        """The rows of a table as the server itself gives them, without the export's code."""
        token = next(iter(self.server.service.tokens), None) or self._log_in()
        url = f"{self.server.url}/v1/projects/1/forms/{quote(form)}.svc/{table}"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
        faults, self.server.faults = self.server.faults, Faults()
        with urllib.request.urlopen(request) as answer:
            rows = json.load(answer)["value"]
        self.server.faults = faults
        return ordered(flat(row) for row in rows)

    def attachments(self, form: str = FORM) -> dict[tuple[str, str], bytes | None]:
        """The attachments of the server."""
        return {
            (each.instance, name): content
            for each in self.data.submissions(form)
            if each.deleted is None
            for name, content in each.attachments.items()
        }

    def landed_attachments(self, form: str = FORM) -> dict[tuple[str, str], bytes | None]:
        """The attachments that the lake's table lists, with the content of the files it names."""
        objects = self.objects()
        return {
            (row["__Submissions_id"], row["name"]): objects[row["location"].removeprefix(f"s3://{self.bucket}/")]
            if row["location"]
            else None
            for row in self.landed("attachments", form)
        }

    def item(self, sort: str, form: str = FORM) -> Row | None:
        """An item of the state."""
        found = self.dynamodb.scan(TableName=self.table, ConsistentRead=True)["Items"]
        items = [each for each in found if each["sk"]["S"] == sort and f"#{form}#" in each["pk"]["S"]]
        return items[0] if items else None

    def assert_exact(self, form: str = FORM) -> None:
        """The lake has what the server has, in every table, and nothing is left to do."""
        for table in ("Submissions", *self.data.forms[form].repeats()):
            assert self.landed(table, form) == self.served(table, form), table
        assert self.landed_attachments(form) == self.attachments(form)
        left = [each["sk"]["S"] for each in self.dynamodb.scan(TableName=self.table)["Items"] if "due" in each]
        assert left == []

    def _log_in(self) -> str:
        body = json.dumps({"email": USERNAME, "password": PASSWORD}).encode()
        request = urllib.request.Request(f"{self.server.url}/v1/sessions", data=body, method="POST")
        with urllib.request.urlopen(request) as answer:
            token: str = json.load(answer)["token"]
        return token


def fresh_clients() -> None:
    """Let the program make its AWS clients anew, without what a test hung on them."""
    clients.s3.cache_clear()
    clients.dynamodb.cache_clear()


def flat(row: Row) -> Row:
    """A row of Central's with its groups' values as columns, and without links."""
    made: Row = {}
    for name, value in row.items():
        if name in GROUPS:
            made |= {f"{name}_{inner}": each for inner, each in value.items()}
        elif "@" not in name:
            made[name.replace("-", "_")] = value
    return made


def ordered(rows: Any) -> list[Row]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def a_visit(number: int = 0, **changes: Any) -> Row:
    """The answers of a small household."""
    member = {"name": "Sia", "age": 30 + number, "weight": 50.5, "illnesses": [{"illness": "asthma", "since": None}]}
    return {
        "meta": {"instanceID": f"uuid:{number}", "instanceName": None},
        "visited_on": "2026-02-01",
        "district": "Kono",
        "location": None,
        "house": {"roof": "tiles", "rooms": number},
        "photo": None,
        "members": [member],
        **changes,
    }
