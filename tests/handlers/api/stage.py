"""A stage for the API's tests: a small lake in the emulated AWS, catalog, workgroup, people, the function's role.

The handler acts under a role that has exactly what handlers/README.md says it needs, so that a call it may not make
fails here too.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import time
import uuid
from typing import TYPE_CHECKING, Any

import boto3
import msgspec

from handlers.api import platform
from handlers.api.platform import Limits, Platform
from handlers.api.services import Services
from handlers.common.settings import Dataset, Grant, Selector, Source
from tests.handlers.api.gateway import ISSUER, MACHINE, PORTAL, Gateway, claims, machine_claims
from tests.handlers.lake import Lake, columns, dataset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest

    from handlers.ingest.ingest import Result

ORDERS = dataset(
    tags={"domain": "sales"},
    classification="internal",
    description="What was sold",
    source=Source(zone="raw", prefix="in/orders/"),
)
LEDGER = dataset(
    id="ledger", prefix="ledger/", owner="finance", source=Source(zone="raw", prefix="in/ledger/"), tags={}
)
GRANTS = (
    Grant("shop-readers", read=Selector(owners=("shop",))),
    Grant("shop-writers", write=Selector(owners=("shop",))),
    Grant("shop-admins", admin=Selector(owners=("shop",))),
    Grant("finance", admin=Selector(owners=("finance",))),
    Grant("machine:loader", write=Selector(tags=("domain=sales",))),
)
_WAITS_SECONDS = 30
EVERYTHING = "datasets/read datasets/write datasets/admin"
PEOPLE = {
    "reader": claims("reader", "shop-readers", "datasets/read"),
    "reader with all scopes": claims("reader with all scopes", "shop-readers", EVERYTHING),
    "writer": claims("writer", "shop-writers"),
    "admin": claims("admin", "shop-admins", EVERYTHING),
    "admin too": claims("admin too", "shop-admins", EVERYTHING),
    "stranger": claims("stranger", "finance", EVERYTHING),
    "nobody": claims("nobody", "", EVERYTHING),
    "without scopes": claims("without scopes", "shop-admins", "openid"),
    "machine": machine_claims(),
}
REGISTRATION: dict[str, Any] = {
    "id": "sales",
    "owner": "shop",
    "description": "Sales of all shops",
    "tags": {"domain": "sales"},
    "columns": [
        {"name": "id", "type": "bigint"},
        {"name": "name", "type": "string", "comment": "Of the customer"},
        {"name": "amount", "type": "decimal(12,2)", "comment": "EUR"},
        {"name": "year", "type": "int"},
    ],
    "partitioned_by": ["year"],
    "projections": {"year": {"type": "integer", "first": 2020, "last": 2030}},
    "source": {"format": "csv"},
}


def permissions(lake: Lake, database: str) -> list[dict[str, Any]]:
    """What handlers/README.md says that the function needs."""
    table = f"arn:aws:dynamodb:*:*:table/{lake.table.name}"
    bucket = "arn:aws:s3:::"
    glue = "arn:aws:glue:*:*"

    def allow(actions: str, *resources: str) -> dict[str, Any]:
        return {"Effect": "Allow", "Action": actions.split(), "Resource": list(resources)}

    return [
        allow("dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query", table),
        allow("dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem", table),
        allow("dynamodb:Query", f"{table}/index/*"),
        allow("s3:GetObject s3:GetObjectVersion", f"{bucket}{lake.system}/*"),
        allow("s3:PutObject s3:AbortMultipartUpload s3:ListMultipartUploadParts", f"{bucket}{lake.raw}/*"),
        allow("s3:ListBucket", f"{bucket}{lake.curated}", f"{bucket}{lake.analytics}"),
        allow("s3:GetObject", f"{bucket}{lake.curated}/*", f"{bucket}{lake.analytics}/*"),
        allow("s3:GetBucketLocation s3:ListBucket", f"{bucket}{lake.system}"),
        allow("s3:GetObject s3:PutObject", f"{bucket}{lake.system}/results/*"),
        allow("glue:GetDatabase glue:GetTable glue:GetTables glue:GetPartitions", f"{glue}:catalog", f"{glue}:*"),
        allow("glue:CreateTable glue:UpdateTable glue:DeleteTable", f"{glue}:*"),
        allow("athena:StartQueryExecution athena:GetQueryExecution athena:GetQueryResults", "*"),
        allow("athena:StopQueryExecution", "*"),
        # Where purging is allowed.
        allow("s3:DeleteObject", f"{bucket}{lake.curated}/*", f"{bucket}{lake.raw}/*", f"{bucket}{lake.quarantine}/*"),
    ]


class Stage:
    """The platform that the handler is told of, and a gateway to call it through."""

    def __init__(
        self,
        lake: Lake,
        monkeypatch: pytest.MonkeyPatch,
        *,
        grants: Sequence[Grant] = GRANTS,
        limits: Limits | None = None,
    ) -> None:
        from handlers.api import app

        self.lake = lake
        self.name = re.sub(r"\W", "_", lake.table.name)
        self.database = f"db_{self.name}"
        self.workgroup = f"wg-{self.name}"
        lake.client("glue").create_database(DatabaseInput={"Name": self.database})
        lake.client("athena").create_work_group(
            Name=self.workgroup,
            Configuration={
                "EnforceWorkGroupConfiguration": True,
                "ResultConfiguration": {"OutputLocation": f"s3://{lake.system}/results/"},
            },
        )
        self.platform = Platform(
            settings=msgspec.structs.replace(lake.settings, access=tuple(grants)),
            services=Services(self._session()),
            issuer=ISSUER,
            clients={PORTAL: "", MACHINE: "loader"},
            databases={"curated": self.database, "analytics": f"{self.database}_analytics"},
            workgroup=self.workgroup,
            results_bucket=lake.system,
            results_prefix="results/",
            limits=limits or Limits(purge_allowed=True),
        )
        monkeypatch.setattr(platform, "current", lambda: self.platform)
        self.gateway = Gateway(app.handler)
        for name, of in PEOPLE.items():
            self.gateway.sign_in(name, of)
        self.request = self.gateway.request

    def use(self, **changes: Any) -> None:
        """Deploy the platform anew with something changed: grants (`access`), data sets, limits."""
        known = {name: changes.pop(name) for name in ("access", "datasets") if name in changes}
        settings = msgspec.structs.replace(self.platform.settings, **known)
        self.platform = dataclasses.replace(self.platform, settings=settings, **changes)

    def register(self, caller: str = "writer", **changes: Any) -> Any:
        """Register the sales data set, or another; returns the document."""
        answer = self.request(caller, "POST", "/datasets", {**REGISTRATION, **changes})
        assert answer.status == 201, answer.json
        return answer.json

    def query(self, caller: str, sql: str, *parameters: Any) -> Any:
        """Run a query to its end; returns it with its first rows."""
        started = self.request(caller, "POST", "/queries", {"sql": sql, "parameters": list(parameters)})
        assert started.status == 202, started.json
        return self.wait(lambda: self.request(caller, "GET", f"/queries/{started.json['id']}").json, _is_over)

    def wait(self, look: Callable[[], Any], is_over: Callable[[Any], bool]) -> Any:
        """Look again and again until it is over."""
        deadline = time.monotonic() + _WAITS_SECONDS
        while time.monotonic() < deadline:
            found = look()
            if is_over(found):
                return found
            time.sleep(0.02)
        raise AssertionError(f"it is not over after {_WAITS_SECONDS} s: {found}")

    def upload(self, caller: str, name: str, content: bytes, dataset: str = "orders") -> Any:
        """Begin to upload a file of one part."""
        wanted = {"name": name, "size": len(content), "sha256": [hashlib.sha256(content).hexdigest()]}
        answer = self.request(caller, "POST", f"/datasets/{dataset}/uploads", wanted)
        assert answer.status == 201, answer.json
        return answer.json

    def etag(self, name: str = "sales", caller: str = "writer") -> str:
        return self.request(caller, "GET", f"/datasets/{name}").headers["etag"]

    def table(self, name: str = "sales") -> dict[str, Any] | None:
        """What the catalog has of a data set."""
        glue = self.lake.client("glue")
        try:
            found: dict[str, Any] = glue.get_table(DatabaseName=self.database, Name=name)["Table"]
        except glue.exceptions.EntityNotFoundException:
            return None
        return found

    def deliver(self, key: str) -> Result:
        """Let ingestion hear of a raw object that has arrived."""
        found = self.lake.s3.head_object(Bucket=self.lake.raw, Key=key)
        message = self.lake.message(key, found["ContentLength"], found["ETag"], found.get("VersionId"))
        return self.lake.ingest(message)

    def catalog(self, *datasets: Dataset) -> None:
        """Make the tables of configured data sets, as the platform does."""
        from handlers.api.datasets.catalog_table import table_input

        for each in datasets:
            wanted: Any = table_input(each, getattr(self.lake, each.zone))
            self.lake.client("glue").create_table(DatabaseName=self.platform.databases[each.zone], TableInput=wanted)

    def _session(self) -> boto3.session.Session:
        """The credentials of a role that has the function's permissions."""
        iam = self.lake.client("iam")
        name = f"api-{uuid.uuid4().hex[:12]}"
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy([trust]))["Role"]
        policy = _policy(permissions(self.lake, self.database))
        iam.put_role_policy(RoleName=name, PolicyName="api", PolicyDocument=policy)
        given = self.lake.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="api")["Credentials"]
        return boto3.session.Session(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            region_name="us-east-1",
        )


def _is_over(query: Any) -> bool:
    return query["status"] not in {"queued", "running"}


def _policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


__all__ = ["EVERYTHING", "GRANTS", "LEDGER", "ORDERS", "PEOPLE", "REGISTRATION", "Stage", "columns", "permissions"]
