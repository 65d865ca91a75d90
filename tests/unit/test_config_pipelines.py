"""What a stack config says of jobs, pipelines, buses and networks, and how it says what is wrong."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config import PlatformConfig
from components.config.errors import Problem
from components.config.source import StackConfig, with_files
from tests.unit.programs import ROOT

JOB: dict[str, Any] = {"name": "load", "type": "fargate", "container": "load", "command": ["load"]}
CHECK: dict[str, Any] = {"name": "check", "type": "lambda", "handler": "check"}
SALES: dict[str, Any] = {"name": "sales", "columns": [{"name": "id"}], "source": {"prefix": "sales/"}}
TOTALS: dict[str, Any] = {"name": "totals", "columns": [{"name": "id"}]}
STAGE: dict[str, Any] = {"name": "check", "type": "lambda", "function": "check", "timeout": 60}
RUN: dict[str, Any] = {"name": "load", "type": "fargate", "job": "load", "timeout": 60}


def problems(**given: Any) -> list[Problem]:
    found = PlatformConfig.check({"datasets": [SALES, TOTALS], "network": {}, **given})
    return found if isinstance(found, list) else []


def said(**given: Any) -> list[tuple[str, str]]:
    return [(problem.path.removeprefix("watershed:"), problem.accepted) for problem in problems(**given)]


def pipelines(*stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"jobs": [JOB, CHECK], "pipelines": [{"name": "daily", "stages": list(stages) or [STAGE], **more}]}


def test_jobs_and_pipelines_of_every_kind_are_accepted() -> None:
    found = PlatformConfig.check(
        {
            "datasets": [SALES, TOTALS],
            "network": {"nat": "none"},
            "secrets": [{"name": "crm", "description": "CRM", "renewedBy": "sales"}],
            "buses": [{"name": "orders", "archiveDays": None}],
            "jobs": [
                {**JOB, "secrets": {"CRM_PASSWORD": "crm.password"}, "reads": ["totals"], "delivers": ["sales"]},
                {**CHECK, "state": True, "files": [{"zone": "raw", "prefix": "in/", "access": ["read", "delete"]}]},
                {"name": "spark", "type": "glue", "script": "spark.py", "writes": ["totals"]},
                {"name": "crawl", "type": "crawler", "zone": "raw", "prefix": "in/"},
            ],
            "pipelines": [
                {"name": "first", "schedule": {"cron": "0 6 * * ? *"}, "deadline": "08:00", "stages": [RUN, STAGE]},
                {
                    "name": "second",
                    "triggers": [
                        {"type": "pipeline-succeeded", "pipeline": "first"},
                        {"type": "object-created", "zone": "raw", "prefix": "in/"},
                        {"type": "event", "bus": "orders", "pattern": {"source": ["shop"]}},
                    ],
                    "stages": [
                        {"name": "spark", "type": "glue", "job": "spark", "timeout": 60},
                        {"name": "crawl", "type": "crawler", "crawler": "crawl", "timeout": 60},
                        {"name": "quality", "type": "quality", "dataset": "totals", "timeout": 60},
                    ],
                },
            ],
        }
    )
    assert isinstance(found, PlatformConfig), found
    assert [job.name for job in found.jobs] == ["load", "check", "spark", "crawl"]


@pytest.mark.parametrize(
    ("job", "path", "accepted"),
    [
        ({"cpu": 300}, "jobs[0]", "Fargate has no cpu=300"),
        ({"memory": 513}, "jobs[0]", "Fargate has no memory=513 with cpu=256"),
        ({"image": "python"}, "jobs[0]", "give one of container, image and cachedImage"),
        ({"container": None}, "jobs[0]", "give one of container, image and cachedImage"),
        ({"environment": {"CRM_PASSWORD": "x"}}, "jobs[0]", "keep it in a Secret"),
        ({"secrets": {"CRM": "crm.user"}}, "jobs[0].secrets.CRM", "a secret: there is none"),
        ({"reads": ["sale"]}, "jobs[0].reads[0]", "a data set: sales, totals"),
        ({"delivers": ["totals"]}, "jobs[0].delivers[0]", "a data set that has a source: sales"),
        ({"reads": ["totals"], "writes": ["totals"]}, "jobs[0]", "totals in writes alone, which lets it read too"),
        ({"puts": ["total"]}, "jobs[0].puts[0]", "a data set: sales, totals"),
        ({"puts": ["totals"], "writes": ["totals"]}, "jobs[0]", "totals in writes or in puts"),
        ({"files": [{"zone": "gold", "prefix": "a/"}]}, "jobs[0].files[0].zone", "a zone of the lake"),
        ({"type": "fargat"}, "jobs[0].type", "one of fargate, lambda, glue, crawler"),
        ({"name": "a" * 28}, "jobs[0].name", "at most 27"),
        ({"container": None, "cachedImage": {"name": "r"}}, "jobs[0].cachedImage", "give either tag or digest"),
    ],
)
def test_a_job_that_aws_or_the_platform_would_refuse_is_refused_with_its_path(
    job: dict[str, Any], path: str, accepted: str
) -> None:
    ((found, words),) = said(jobs=[{**JOB, **job}])
    assert found == path
    assert accepted in words


@pytest.mark.parametrize(
    ("stage", "path", "accepted"),
    [
        ({**STAGE, "function": "load"}, "pipelines[0].stages[0].function", "a lambda job: check"),
        ({**RUN, "job": "check"}, "pipelines[0].stages[0].job", "a fargate job: load"),
        ({**STAGE, "timeout": 0}, "pipelines[0].stages[0].timeout", "greater than or equal to 1"),
        (
            {"type": "sql", "name": "a", "zone": "gold", "query": "x", "timeout": 9},
            "pipelines[0].stages[0].zone",
            "zone",
        ),
        (
            {"type": "quality", "name": "a", "dataset": "total", "timeout": 9},
            "pipelines[0].stages[0].dataset",
            "a data set: sales, totals",
        ),
        (
            {"type": "parallel", "name": "p", "branches": [[STAGE], [{**RUN, "job": "lod"}]]},
            "pipelines[0].stages[0].branches[1][0].job",
            "a fargate job: load",
        ),
        (
            {**STAGE, "onFailure": [{**STAGE, "name": "b", "function": "clean"}]},
            "pipelines[0].stages[0].onFailure[0].function",
            "a lambda job: check",
        ),
        (
            {"type": "choice", "name": "c", "when": [{"condition": "true", "stages": [{**RUN, "job": "x"}]}]},
            "pipelines[0].stages[0].when[0].stages[0].job",
            "a fargate job: load",
        ),
        (
            {"type": "for-each", "name": "f", "items": {"bucket": "gold", "prefix": "a/"}, "stages": [STAGE]},
            "pipelines[0].stages[0].items.bucket",
            "a zone of the lake",
        ),
    ],
)
def test_what_a_stage_names_must_be_there_wherever_it_stands(stage: dict[str, Any], path: str, accepted: str) -> None:
    ((found, words),) = said(**pipelines(stage))
    assert found == path
    assert accepted in words


@pytest.mark.parametrize(
    ("more", "path", "accepted"),
    [
        (
            {"triggers": [{"type": "object-created", "zone": "gold"}]},
            "pipelines[0].triggers[0].zone",
            "zone of the lake",
        ),
        (
            {"triggers": [{"type": "event", "bus": "orders", "pattern": {"source": ["a"]}}]},
            "pipelines[0].triggers[0].bus",
            "a bus: there is none",
        ),
        (
            {"triggers": [{"type": "pipeline-succeeded", "pipeline": "daly"}]},
            "pipelines[0].triggers[0].pipeline",
            "a pipeline: daily",
        ),
        (
            {"triggers": [{"type": "pipeline-succeeded", "pipeline": "daily"}]},
            "pipelines",
            "pipelines that do not start each other for ever",
        ),
        ({"deadline": "8"}, "pipelines[0].deadline", "a time of day: 08:00"),
        ({"timezone": "Europe/Rom"}, "pipelines[0].timezone", "not an IANA time zone"),
        ({"schedule": {"cron": "0 6 * * * *"}}, "pipelines[0].schedule", "must be '?'"),
        ({"stages": []}, "pipelines[0].stages", "at least 1"),
    ],
)
def test_what_starts_a_pipeline_is_checked(more: dict[str, Any], path: str, accepted: str) -> None:
    ((found, words),) = said(**pipelines(**more))
    assert found == path
    assert accepted in words


def test_names_are_told_that_are_given_twice() -> None:
    secret = {"name": "crm", "description": "CRM", "renewedBy": "sales"}
    found = said(
        secrets=[secret, secret],
        buses=[{"name": "a"}, {"name": "a"}],
        jobs=[CHECK, CHECK],
        pipelines=[{"name": "p", "stages": [STAGE]}, {"name": "p", "stages": [STAGE]}],
    )
    assert [path for path, _ in found] == ["secrets[1].name", "jobs[1].name", "buses[1].name", "pipelines[1].name"]


def test_containers_without_a_network_are_told_what_they_lack() -> None:
    found = PlatformConfig.check({"jobs": [JOB]})
    assert isinstance(found, list)
    assert [str(problem) for problem in found] == [
        "watershed:network: given None; accepted: a network ({} is one with the defaults): containers need it: load"
    ]


@pytest.mark.parametrize(
    "network",
    [
        {"vpcId": "vpc-0123456789abcdef0"},
        {"privateSubnetIds": ["subnet-0123456789abcdef0"]},
        {"cidr": "10.0.0.0/8"},
        {"zones": 4},
        {"nat": "two"},
        {"flowLogDays": 31},
    ],
)
def test_a_network_that_could_not_be_is_refused(network: dict[str, Any]) -> None:
    assert len(problems(network=network)) == 1


def test_a_value_that_may_be_of_several_types_is_told_of_once() -> None:
    ((path, accepted),) = said(**pipelines({"type": "for-each", "name": "f", "items": 3, "stages": [STAGE]}))
    assert path == "pipelines[0].stages[0].items"
    assert accepted == "a list, or a text, or a mapping of keys to values"


def test_a_file_of_a_list_may_be_changed_by_the_stack_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "daily.yaml").write_text("{name: daily, enabled: true, stages: []}", "utf-8")
    given = {"pipelines": [{"file": "daily.yaml", "enabled": False}, {"name": "other"}]}
    found = with_files(StackConfig(given), "watershed", tmp_path)
    assert found.values["pipelines"] == [{"name": "daily", "enabled": False, "stages": []}, {"name": "other"}]
    assert found.origins == {"pipelines": ["daily.yaml", "watershed:pipelines[1]"]}


def test_what_the_guide_declares_is_accepted() -> None:
    guide = (ROOT / "docs" / "guides" / "pipelines.md").read_text("utf-8")
    jobs, pipelines, stack = (
        yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", guide, flags=re.DOTALL)
    )
    daily = {"name": "daily_prices", "columns": [{"name": "sku"}, {"name": "day", "type": "date"}]}
    found = PlatformConfig.check(
        {
            "datasets": [
                {"name": "prices", "columns": [{"name": "sku"}], "source": {"prefix": "prices/"}},
                {**daily, "partitionedBy": ["day"]},
            ],
            "jobs": [jobs],
            "pipelines": [pipelines],
            **{name.removeprefix("watershed:"): value for name, value in stack.items()},
        }
    )
    assert isinstance(found, PlatformConfig), found
