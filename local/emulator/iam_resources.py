"""What IAM checks a call on, where ministack names another resource than AWS does.

ministack checks a task by its cluster, a query and a repository's tags by nothing, a table by its database and every
schedule in the default group; grants that name what AWS checks would be refused here. The resources are those of AWS's
Service Authorization Reference for Athena, ECR, ECS, EventBridge, EventBridge Scheduler, Glue and Step Functions.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from .event_buses import put_events_context

_TABLE = re.compile(r"(?P<head>arn:aws:glue:[^:]*:\d+):(table|database)/(?P<database>[^/]+)")
IN_PARTS = "s3:part-of-an-upload"
"""In the context of a write that is part of an upload: no key of IAM's, which no policy names; S3 asks more of KMS."""
_SCHEDULE = re.compile(r"/schedules/(?P<name>[^/]+)")
_CRAWLER_LISTS = ("GetCrawlerMetrics", "GetCrawlers", "ListCrawlers")


class Resources:
    """The names of what calls are about."""

    def __init__(self, actions: Any, ecs: Any, athena: Any) -> None:
        self._extract = actions.extract_resource_arn
        self._action = actions.extract_iam_action
        self._context = actions.request_tag_context
        self._s3_context = actions.s3_service_context
        self._ecs = ecs
        self._athena = athena

    def of_request(
        self, service: str, method: str, path: str, headers: Any, body: bytes, query: Any, region: str, account: str
    ) -> str:
        """Return the ARN that AWS checks a request on."""
        theirs = str(self._extract(service, method, path, headers, body, query, region, account))
        if service == "scheduler":
            return _of_scheduler(path, _json(body), query or {}, f"arn:aws:{service}:{region}:{account}") or theirs
        if service not in ("athena", "ecr", "ecs", "events", "glue", "states"):
            return theirs
        action = str(headers.get("x-amz-target", "")).rpartition(".")[2]
        named = _json(body)
        prefix = f"arn:aws:{service}:{region}:{account}"
        ours = {
            "athena": self._of_athena,
            "ecr": _of_ecr,
            "ecs": self._of_ecs,
            "events": _of_events,
            "glue": _of_glue,
            "states": _of_states,
        }[service]
        return ours(action, named, prefix) or theirs

    def context(self, service: str, action: str, body: bytes, parameters: Any) -> dict[str, Any]:
        """Return the condition keys of a request."""
        found: dict[str, Any] = self._context(service, action, body, parameters)
        if action in ("ecs:RunTask", "ecs:StopTask", "ecs:DescribeTasks"):
            cluster = str(_json(body).get("cluster", "default"))
            if not cluster.startswith("arn:"):
                head = f"arn:aws:ecs:{self._ecs.get_region()}:{self._ecs.get_account_id()}"
                cluster = f"{head}:cluster/{cluster}"
            found = {**found, "ecs:cluster": cluster}
        if action == "events:PutEvents":
            found = {**found, **put_events_context(_json(body))}
        return found

    def s3_context(self, action: str, query: Mapping[str, Any] | None, *rest: Any, **named: Any) -> dict[str, Any]:
        """Return the condition keys of a request to S3, and whether it is for an upload in parts."""
        found: dict[str, Any] = self._s3_context(action, query, *rest, **named)
        in_parts = action == "s3:PutObject" and query and ("uploadId" in query or "uploads" in query)
        return {**found, IN_PARTS: "true"} if in_parts else found

    def _of_ecs(self, action: str, named: Mapping[str, Any], prefix: str) -> str:
        cluster = str(named.get("cluster", "default")).rpartition("/")[2]
        if action == "RunTask":
            return f"{prefix}:task-definition/{self._ecs._resolve_td_key(named.get('taskDefinition', ''))}"
        if action in ("StopTask", "DescribeTasks"):
            task = str(named.get("task") or next(iter(named.get("tasks") or ()), "*"))
            return task if task.startswith("arn:") else f"{prefix}:task/{cluster}/{task}"
        return ""

    def _of_athena(self, action: str, named: Mapping[str, Any], prefix: str) -> str:
        execution = self._athena._executions.get(named.get("QueryExecutionId", "")) or {}
        group = named.get("WorkGroup") or execution.get("WorkGroup")
        if group is None and action == "StartQueryExecution":
            group = "primary"
        return f"{prefix}:workgroup/{group}" if group else ""


def also_checked(action: str, resource: str) -> list[str]:
    """Return what else the catalog checks for a call on a table or a database: what holds it."""
    found = _TABLE.match(resource) if action.startswith("glue:") else None
    if found is None:
        return []
    above = [f"{found['head']}:catalog", f"{found['head']}:database/{found['database']}"]
    return [each for each in above if each != resource]


def install(evaluator: Any, actions: Any, ecs: Any, athena: Any) -> None:
    """Name the resources, and check all of them."""
    resources = Resources(actions, ecs, athena)
    enforce = evaluator.enforce

    def enforce_all(
        access_key: str,
        action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        answers = [
            enforce(access_key, action, service, region, each, service_context)
            for each in (resource_arn, *also_checked(action, resource_arn))
        ]
        return next((answer for answer in answers if answer is not None), None)

    evaluator.enforce = enforce_all
    actions.extract_resource_arn = resources.of_request
    actions.request_tag_context = resources.context
    actions.s3_service_context = resources.s3_context


def _of_ecr(action: str, named: Mapping[str, Any], prefix: str) -> str:
    if action == "DescribeRepositories":
        return f"{prefix}:repository/{next(iter(named.get('repositoryNames') or ()), '*')}"
    return str(named.get("resourceArn") or "")


def _of_glue(action: str, named: Mapping[str, Any], prefix: str) -> str:
    if action in _CRAWLER_LISTS:
        return "*"
    if "Crawler" in action:
        return f"{prefix}:crawler/{named.get('Name') or named.get('CrawlerName')}"
    if action in ("CreateJob", "DeleteJob", "GetJob", "UpdateJob"):
        return f"{prefix}:job/{named.get('Name') or named.get('JobName')}"
    if action in ("GetDatabase", "UpdateDatabase", "DeleteDatabase"):
        return f"{prefix}:database/{named.get('Name')}"
    if action == "CreateDatabase":
        return f"{prefix}:database/{(named.get('DatabaseInput') or {}).get('Name')}"
    database = named.get("DatabaseName")
    given = named.get("TableInput") or {}
    table = named.get("TableName") or named.get("Name") or (given.get("Name") if isinstance(given, Mapping) else None)
    if database and table and ("Table" in action or "Partition" in action):
        return f"{prefix}:table/{database}/{table}"
    return ""


def _of_events(action: str, named: Mapping[str, Any], prefix: str) -> str:
    if action == "StartReplay":
        return str(named.get("EventSourceArn") or "")
    return f"{prefix}:replay/{named.get('ReplayName')}" if action in ("CancelReplay", "DescribeReplay") else ""


def _of_scheduler(path: str, named: Mapping[str, Any], query: Mapping[str, Any], prefix: str) -> str:
    """The name of a schedule is in the path; its group in the body of what is written, else in the query."""
    schedule = _SCHEDULE.fullmatch(path)
    if schedule is None:
        return ""
    given = named.get("GroupName") or query.get("groupName") or "default"
    return f"{prefix}:schedule/{given if isinstance(given, str) else given[0]}/{schedule['name']}"


def _of_states(action: str, named: Mapping[str, Any], prefix: str) -> str:
    return str(named.get("mapRunArn") or "") if action.endswith("MapRun") else ""


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
