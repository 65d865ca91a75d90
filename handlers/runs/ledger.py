"""The table of runs: which run holds a pipeline's date, how it ended, and what its stages gave.

| item | pk | sk |
| --- | --- | --- |
| a run: the last one of its date | `RUN#<pipeline>` | `<date>` |
| a finished stage's output | `RUN#<pipeline>#<date>` | `<run id>#<stage>` |
| which run an execution is | `EXECUTION#<arn>` | `RUN` |
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"


class SupersededError(RuntimeError):
    """Another run has taken the date over in the meantime."""


@dataclass(frozen=True)
class Run:
    """The last run of a pipeline's date."""

    pipeline: str
    date: str
    execution: str
    id: str
    status: str
    attempt: int
    parameters: dict[str, Any]
    started_at: str
    expires_at: int
    event: str | None = None
    """The id of the event that started it."""
    ended_at: str | None = None
    stage: str | None = None
    error: str | None = None
    cause: str | None = None


class Ledger:
    """Reads and writes the table."""

    def __init__(self, dynamodb: DynamoDBClient, table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def run(self, pipeline: str, date: str) -> Run | None:
        """Return the last run of the date."""
        item = self._get(f"RUN#{pipeline}", date)
        return _run(item) if item else None

    def latest(self, pipeline: str, count: int) -> list[Run]:
        """Return the last run of each of the last dates, the latest date first."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"RUN#{pipeline}"}},
            ScanIndexForward=False,
            ConsistentRead=True,
            PaginationConfig={"MaxItems": count, "PageSize": min(count, 1_000)},
        )
        return [_run(item) for page in pages for item in page["Items"]]

    def run_of(self, execution: str) -> Run | None:
        """Return the run that an execution is, or None where another run has its date by now, or it never began."""
        found = self._get(f"EXECUTION#{execution}", "RUN")
        run = self.run(found["pipeline"]["S"], found["date"]["S"]) if found else None
        return run if run and run.execution == execution else None

    def take(self, run: Run, *, held: Run | None) -> bool:
        """Write the run down if its date is still held as it was read; tells whether that was so."""
        item: dict[str, Any] = {
            "pk": {"S": f"RUN#{run.pipeline}"},
            "sk": {"S": run.date},
            "pipeline": {"S": run.pipeline},
            "date": {"S": run.date},
            "execution": {"S": run.execution},
            "id": {"S": run.id},
            "status": {"S": run.status},
            "attempt": {"N": str(run.attempt)},
            "parameters": {"S": json.dumps(run.parameters)},
            "started_at": {"S": run.started_at},
            "expires_at": {"N": str(run.expires_at)},
            **({"event": {"S": run.event}} if run.event else {}),
        }
        condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(pk)"}
        if held:
            condition = {
                "ConditionExpression": "#execution = :held AND #status = :status",
                "ExpressionAttributeNames": {"#execution": "execution", "#status": "status"},
                "ExpressionAttributeValues": {":held": {"S": held.execution}, ":status": {"S": held.status}},
            }
        if not self._if(lambda: self._dynamodb.put_item(TableName=self._table, Item=item, **condition)):
            return False
        self._dynamodb.put_item(
            TableName=self._table,
            Item={
                "pk": {"S": f"EXECUTION#{run.execution}"},
                "sk": {"S": "RUN"},
                "pipeline": {"S": run.pipeline},
                "date": {"S": run.date},
                "expires_at": {"N": str(run.expires_at)},
            },
        )
        return True

    def end(self, run: Run, status: str, **details: str) -> None:
        """Write down how the run ended; raises SupersededError where another run holds its date."""
        values = {"status": status, **details}
        names = {f"#{name}": name for name in (*values, "execution")}
        given = {f":{name}": {"S": value} for name, value in values.items()}
        assignments = ", ".join(f"#{name} = :{name}" for name in values)

        def update() -> object:
            return self._dynamodb.update_item(
                TableName=self._table,
                Key={"pk": {"S": f"RUN#{run.pipeline}"}, "sk": {"S": run.date}},
                UpdateExpression=f"SET {assignments}",
                ConditionExpression="#execution = :execution",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={**given, ":execution": {"S": run.execution}},
            )

        if not self._if(update):
            raise SupersededError(f"another run than {run.execution} holds {run.pipeline} for {run.date} by now")

    def finished(self, pipeline: str, date: str, run_id: str) -> dict[str, Any]:
        """Return the outputs of the stages that the run has finished, by stage."""
        outputs: dict[str, Any] = {}
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :id)",
            ExpressionAttributeValues={":pk": {"S": f"RUN#{pipeline}#{date}"}, ":id": {"S": f"{run_id}#"}},
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                outputs[item["stage"]["S"]] = json.loads(item["output"]["S"])
        return outputs

    def _get(self, pk: str, sk: str) -> dict[str, Any] | None:
        answer = self._dynamodb.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return answer.get("Item")

    @staticmethod
    def _if(write: Any) -> bool:
        try:
            write()
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


def _run(item: dict[str, Any]) -> Run:
    def text(name: str) -> str | None:
        return item[name]["S"] if name in item else None

    return Run(
        pipeline=item["pipeline"]["S"],
        date=item["date"]["S"],
        execution=item["execution"]["S"],
        id=item["id"]["S"],
        status=item["status"]["S"],
        attempt=int(item["attempt"]["N"]),
        parameters=json.loads(item["parameters"]["S"]),
        started_at=item["started_at"]["S"],
        expires_at=int(item["expires_at"]["N"]),
        event=text("event"),
        ended_at=text("ended_at"),
        stage=text("stage"),
        error=text("error"),
        cause=text("cause"),
    )
