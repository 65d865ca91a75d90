"""Everything that is added to ministack, put in place: each in a module of one purpose with an `install`."""

import importlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import (
    absent_objects,
    catalog_settings,
    containers,
    crawlers,
    event_buses,
    faults,
    flow_logs,
    functions,
    glue_jobs,
    iam_resources,
    object_events,
    recording,
    rule_targets,
    schedules,
    tasks,
    transport,
)
from .answers import Answer
from .apis import gateway, portal, sign_in
from .athena import executions as queries
from .roles import RoleClients, Roles
from .service_principals import ServicePrincipals
from .states import machines, managed_rules
from .states.integrations import Integrations
from .states.integrations.api import Api
from .task_roles import CREDENTIALS_PATH, TaskRoles

# What a service does with a role that it assumes: as the record of calls tells it.
_IN_A_ROLES_NAME = {
    schedules.SESSION: "Scheduler starts its target",
    rule_targets.SESSION: "EventBridge starts its target",
}


@dataclass(frozen=True)
class Extensions:
    """What the launcher serves beside ministack, and what ends with it."""

    application: Any
    answers: Mapping[str, Answer]
    end: Callable[[], None]


def install(endpoint: str) -> Extensions:
    """Extend ministack in this process; its settings must be in the environment."""
    app = importlib.import_module("ministack.app")
    functions.install(_core("lambda_runtime"), _service("lambda_svc"))
    transport.install(app)
    event_buses.install(_service("eventbridge"))
    object_events.install(_service("s3"), _service("eventbridge"))
    recorder = recording.install(_core("iam_evaluator"), _core("iam_actions"))
    iam_resources.install(_core("iam_evaluator"), _core("iam_actions"), _service("ecs"), _service("athena"))
    roles = Roles(_service("sts"), _core("iam_evaluator"), recorder)
    clients = RoleClients(roles, endpoint)
    absent_objects.install(_service("s3"), roles)

    def api(role: str, session: str, region: str) -> Api:
        by = _IN_A_ROLES_NAME.get(session, "")
        return Api(lambda service: clients(role, session, service, region, by), region)

    task_roles = TaskRoles(_service("ecs"), _service("cloudwatch_logs"), roles, endpoint)
    processes = containers.install(
        _service("ecs"),
        task_roles,
        manifest=Path(os.environ.get(containers.CONTAINERS_VARIABLE, "")),
        folder=Path(tempfile.gettempdir()) / "containers",
        endpoint=endpoint,
    )
    run_tasks = tasks.install(_service("ecs"), _core("responses"), roles, processes)
    queries.install(_service("athena"), roles, clients)
    crawlers.install(_service("glue"), _core("responses"), clients)
    glue_jobs.install(_service("glue"))
    flow_logs.install(_service("ec2"))
    catalog_settings.install(_service("glue"), _core("responses"))
    executions = machines.install(
        _service("stepfunctions"),
        _service("eventbridge"),
        lambda role, region: Integrations(_service("stepfunctions"), api(role, machines.SESSION, region)),
    )
    managed_rules.install(_service("stepfunctions"), roles)
    schedules.install(_service("scheduler"), _service("eventbridge"), _core("responses"), api)
    principals = ServicePrincipals(_core("iam_evaluator"), _service("lambda_svc"), _service("sqs"), _service("iam"))
    rule_targets.install(_service("eventbridge"), api, lambda region: Api(clients.root(region), region), principals)
    gateway.install(_service("apigateway_v1"), principals)
    sign_in.install(app, _service("cognito"))
    busy = faults.install(app, _core("iam_evaluator"), _core("responses"), recorder)

    def end() -> None:
        executions.stop_all()
        processes.end_all()
        _core("lambda_runtime").reset()

    return Extensions(
        portal.with_portal(app.app, _service("cloudfront"), endpoint, app.pin_request_origin),
        {
            recording.CALLS_PATH: lambda _: recorder.document(),
            faults.FAULTS_PATH: busy.answer,
            CREDENTIALS_PATH: task_roles.answer,
            tasks.TASKS_PATH: run_tasks.interrupt,
            tasks.CAPACITY_PATH: run_tasks.set_capacity,
        },
        end,
    )


def _core(name: str) -> Any:
    return importlib.import_module(f"ministack.core.{name}")


def _service(name: str) -> Any:
    return importlib.import_module(f"ministack.services.{name}")
