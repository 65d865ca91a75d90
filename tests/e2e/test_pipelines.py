"""Pipelines as people live with them: scheduled, failing, repaired, killed, started twice, backfilled, interrupted."""

import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pytest

from local.aws import Clients
from local.emulator import lifecycle
from local.privileges.exercise.runs import pause_schedules
from local.processes import stop_marked
from local.stage.query import ask
from local.stage.samples import SAMPLES
from local.workspace import Workspace

from .checkout import Checkout, copy_checkout
from .tried import Lab, add_pipeline, make_lab

SHIPPED = ("daily-odk", "flights-daily")
JANUARY = ("2013-01-01", "2013-01-31")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    made = copy_checkout(tmp_path_factory.mktemp("pipelines"))
    add_pipeline(made.folder)
    yield made
    workspace = Workspace(made.folder)
    lifecycle.stop(workspace)
    stop_marked(workspace.root)


@pytest.fixture(scope="module")
def report(checkout: Checkout) -> dict[str, Any]:
    done = checkout.watershed("local", "up", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@pytest.fixture(scope="module")
def clients(report: dict[str, Any]) -> Clients:
    """AWS of the stage, with no schedule that would fire by the clock of the day on which this runs."""
    made = Clients(report["endpoint"], report["region"])
    pause_schedules(made)
    return made


@pytest.fixture(scope="module")
def lab(report: dict[str, Any], clients: Clients) -> Lab:
    return make_lab(clients, report["outputs"]["lake"]["analytics"])


def runs(checkout: Checkout, *words: str) -> Any:
    """What a command of `watershed runs` says, as JSON."""
    done = checkout.watershed("runs", *words, "--json")
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return json.loads(done.stdout)


def wait_for(what: Callable[[], Any], seconds: float = 90) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.2)
    return found


def read_json(url: str, body: Any = None, token: str = "") -> Any:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(url, data=data, headers=headers), timeout=30) as answer:
        return json.loads(answer.read())


def statuses(view: dict[str, Any]) -> dict[str, str]:
    return {stage["name"]: stage["status"] for stage in view["stages"]}


def test_up_has_run_every_pipeline_once(report: dict[str, Any]) -> None:
    assert {run["pipeline"]: run["status"] for run in report["runs"]} == dict.fromkeys((*SHIPPED, "tried"), "SUCCEEDED")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_scheduler_starts_it_at_its_moment_with_the_date_that_was_meant(
    checkout: Checkout, report: dict[str, Any], clients: Clients, name: str
) -> None:
    """A one-time schedule beside the daily one, under its role and with its payload."""
    scheduler, machine = clients("scheduler"), report["outputs"]["pipelines"][name]
    listed = scheduler.get_paginator("list_schedules").paginate().search("Schedules[]")
    (daily,) = [each for each in listed if each["Target"]["Arn"] == machine]
    whole = scheduler.get_schedule(Name=daily["Name"], GroupName=daily["GroupName"])
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=3)
    scheduler.create_schedule(
        Name=f"once-{name}",
        GroupName=daily["GroupName"],
        ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=whole["Target"],
    )

    def ended() -> Any:
        listed = clients("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
        found = [each for each in listed if each["startDate"] >= moment - timedelta(seconds=1)]
        return [each for each in found if each["status"] != "RUNNING"]

    (execution,) = wait_for(ended)
    assert execution["status"] == "SUCCEEDED"
    view = runs(checkout, "show", name)
    assert view["execution"] == execution["executionArn"]
    assert abs((datetime.fromisoformat(view["date"]) - moment.replace(tzinfo=None)).days) <= 2


def test_a_stage_that_fails_twice_and_then_succeeds_is_tried_three_times(checkout: Checkout, lab: Lab) -> None:
    lab.tell("2020-01-01", "second", fail_times=2)
    view = runs(checkout, "start", "tried", "--date", "2020-01-01", "--wait")
    assert view["status"] == "SUCCEEDED"
    assert {stage["name"]: stage["attempts"] for stage in view["stages"]}["second"] == 3
    assert len(lab.ran("2020-01-01", "second")) == 3
    assert lab.notices() == []


def test_a_stage_that_fails_for_good_is_told_of_mended_and_redriven_without_repeating_what_was_finished(
    checkout: Checkout, lab: Lab
) -> None:
    date = "2020-01-02"
    lab.tell(date, "third", fail_times=9)
    view = runs(checkout, "start", "tried", "--date", date, "--wait")
    assert (view["status"], view["failed_stage"]) == ("FAILED", "third")
    assert "the probe was told to fail" in "\n".join(view["logs"][0]["lines"])
    (notice,) = wait_for(lab.notices)
    assert notice["Subject"] == f"tried failed at stage third, {date}"
    assert "Stage: third" in notice["Message"]
    assert '"ExitCode":1' in notice["Message"]
    assert "/states/home?region=eu-central-1#/v2/executions/details/" in notice["Message"]
    (line,) = [each for each in runs(checkout, "list", "tried", "--last", "50") if each["date"] == date]
    assert (line["status"], line["stage"]) == ("FAILED", "third")

    lab.tell(date, "third")
    again = runs(checkout, "redrive", "tried", "--date", date, "--wait")
    assert again["status"] == "SUCCEEDED"
    assert again["execution"] == view["execution"]
    assert [len(lab.ran(date, stage)) for stage in ("first", "second", "third")] == [1, 1, 2]
    assert lab.notices() == []


def test_after_a_deploy_a_new_run_goes_past_the_finished_stages(
    checkout: Checkout, report: dict[str, Any], clients: Clients, lab: Lab
) -> None:
    date = "2020-01-03"
    lab.tell(date, "third", fail_times=1)
    failed = runs(checkout, "start", "tried", "--date", date, "--wait")
    assert failed["status"] == "FAILED"
    machine = report["outputs"]["pipelines"]["tried"]
    states = clients("stepfunctions")
    definition = json.loads(states.describe_state_machine(stateMachineArn=machine)["definition"])
    states.update_state_machine(
        stateMachineArn=machine, definition=json.dumps({**definition, "Comment": "deployed anew"})
    )
    begun = runs(checkout, "redrive", "tried", "--date", date)
    assert "the pipeline was deployed anew since" in begun["how"]
    wait_for(lambda: runs(checkout, "show", "tried", "--date", date)["status"] == "SUCCEEDED")
    view = runs(checkout, "show", "tried", "--date", date)
    assert view["execution"] != failed["execution"]
    assert (statuses(view)["first"], statuses(view)["second"]) == ("skipped", "skipped")
    assert [len(lab.ran(date, stage)) for stage in ("first", "second", "third")] == [1, 1, 2]


def test_a_container_that_is_killed_fails_its_stage_with_its_exit_code(checkout: Checkout, lab: Lab) -> None:
    date = "2020-01-04"
    lab.tell(date, "first", sleep=60)
    begun = runs(checkout, "start", "tried", "--date", date)
    (process,) = wait_for(lambda: lab.ran(date, "first"))
    os.kill(process, signal.SIGKILL)
    wait_for(lambda: runs(checkout, "show", "tried", "--date", date)["status"] == "FAILED")
    view = runs(checkout, "show", "tried", "--date", date)
    assert (view["execution"], view["failed_stage"]) == (begun["execution"], "first")
    assert '"ExitCode":137' in view["cause"]
    lab.tell(date, "first")
    assert runs(checkout, "redrive", "tried", "--date", date, "--wait")["status"] == "SUCCEEDED"
    wait_for(lab.notices)


def test_a_second_start_of_a_date_ends_at_once_and_says_who_has_it(checkout: Checkout, lab: Lab) -> None:
    date = "2020-01-05"
    lab.tell(date, "first", sleep=15)
    first = runs(checkout, "start", "tried", "--date", date)
    wait_for(lambda: lab.ran(date, "first"))
    second = runs(checkout, "start", "tried", "--date", date, "--wait")
    assert (second["status"], second["held_by"]) == ("ALREADY_RUNNING", first["execution"])
    wait_for(lambda: runs(checkout, "show", "tried", "--date", date)["status"] == "SUCCEEDED")
    assert len(lab.ran(date, "first")) == 1


def test_a_run_that_is_stopped_frees_its_date_and_can_go_on(checkout: Checkout, lab: Lab) -> None:
    date = "2020-01-06"
    lab.tell(date, "second", sleep=60)
    runs(checkout, "start", "tried", "--date", date)
    wait_for(lambda: lab.ran(date, "second"))
    runs(checkout, "stop", "tried", "--date", date)
    assert runs(checkout, "show", "tried", "--date", date)["status"] == "ABORTED"
    (notice,) = wait_for(lab.notices)
    assert notice["Subject"].startswith("tried was stopped")
    lab.tell(date, "second")
    assert runs(checkout, "redrive", "tried", "--date", date, "--wait")["status"] == "SUCCEEDED"
    assert len(lab.ran(date, "first")) == 1


def test_a_backfill_stops_where_too_many_dates_fail_and_says_which(checkout: Checkout, lab: Lab) -> None:
    for day in range(1, 7):
        lab.tell(f"2020-02-0{day}", "first", fail_times=9)
    words = ("backfill", "tried", "--from", "2020-02-01", "--to", "2020-02-20", "--parallel", "2")
    report = runs(checkout, *words)
    assert report["fails"]
    assert "runs failed, more than 20%" in report["stopped"]
    failed = [each for each in report["dates"] if each["status"] == "FAILED"]
    assert 2 <= len(failed) <= 4
    assert all("the probe was told to fail" in each["cause"] or "ExitCode" in each["cause"] for each in failed)
    assert len([each for each in report["dates"] if each["status"] == "WAITING"]) >= 16
    time.sleep(1)
    lab.notices()


def test_a_backfill_of_a_month_that_is_interrupted_goes_on_where_it_was(
    checkout: Checkout, report: dict[str, Any], clients: Clients
) -> None:
    words = ["runs", "backfill", "flights-daily", "--from", JANUARY[0], "--to", JANUARY[1], "--parallel", "4"]
    command = [str(checkout.folder / ".venv" / "bin" / "python"), "-m", "cli", *words]
    first = subprocess.Popen(command, cwd=checkout.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def succeeded() -> set[str]:
        listed = runs(checkout, "list", "flights-daily", "--last", "100", "--status", "SUCCEEDED")
        return {each["date"] for each in listed if JANUARY[0] <= each["date"] <= JANUARY[1]}

    wait_for(lambda: len(succeeded()) >= 4, 180)
    first.send_signal(signal.SIGINT)
    said, _ = first.communicate(timeout=180)
    assert first.returncode == 130, said
    before = succeeded()
    assert len(before) < 31

    machine = report["outputs"]["pipelines"]["flights-daily"]
    done = runs(checkout, *words[1:])
    assert not done["fails"], done
    assert done["done_before"] >= len(before)
    assert len(succeeded()) == 31
    # Every date was run once, whichever of the two started it.
    executions = clients("stepfunctions").get_paginator("list_executions").paginate(stateMachineArn=machine)
    names = [each["name"] for page in executions for each in page["executions"] if each["name"].startswith("backfill-")]
    assert len(names) == 31
    again = runs(checkout, *words[1:])
    assert (again["done_before"], again["fails"]) == (31, False)


def test_the_months_results_are_those_of_an_independent_computation(
    report: dict[str, Any], clients: Clients, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content, _ = SAMPLES[0].open()
    file = tmp_path_factory.mktemp("flights") / "flights.csv"
    file.write_bytes(content.read())
    flights = f"FROM read_csv('{file}', nullstr=['', 'NA']) WHERE month = 1"
    carriers = duckdb.execute(
        f"""SELECT strftime(make_date(2013, 1, day), '%Y-%m-%d'), carrier, count(*)::VARCHAR,
                   sum((dep_time IS NULL)::INT)::VARCHAR, round(avg(arr_delay), 2),
                   round(count(*) FILTER (arr_delay < 15) / count(*), 4)
            {flights} GROUP BY day, carrier ORDER BY 1, 2"""
    ).fetchall()
    days = duckdb.execute(
        f"""SELECT strftime(make_date(2013, 1, day), '%Y-%m-%d'), count(DISTINCT carrier)::VARCHAR, count(*)::VARCHAR,
                   count(*) FILTER (arr_delay < 15) / count(*)
            {flights} GROUP BY day ORDER BY 1"""
    ).fetchall()
    outputs = report["outputs"]

    def asked(zone: str, query: str) -> list[list[str]]:
        return ask(clients, outputs["athenaWorkgroup"], outputs["databases"][zone], query, "").rows

    january = f"day BETWEEN DATE '{JANUARY[0]}' AND DATE '{JANUARY[1]}'"
    found = asked(
        "curated",
        "SELECT cast(day AS varchar), carrier, flights, cancelled, mean_arrival_delay, on_time_share "
        f"FROM carrier_delays WHERE {january} ORDER BY 1, 2",
    )
    assert [row[:4] for row in found] == [list(row[:4]) for row in carriers]
    for ours, theirs in zip(found, carriers, strict=True):
        assert float(ours[5]) == pytest.approx(theirs[5])
        assert (ours[4] == "") == (theirs[4] is None) or float(ours[4]) == pytest.approx(theirs[4])
    totals = asked(
        "analytics",
        f"SELECT cast(day AS varchar), carriers, flights, on_time_share FROM daily_delays WHERE {january} ORDER BY 1",
    )
    assert [row[:3] for row in totals] == [list(row[:3]) for row in days]
    for ours, theirs in zip(totals, days, strict=True):
        assert float(ours[3]) == pytest.approx(theirs[3], abs=2e-4)


def test_the_lake_has_what_the_survey_s_server_has(report: dict[str, Any], clients: Clients) -> None:
    """Asked of both: the server in one request, and Athena."""
    arn = report["outputs"]["secrets"]["odk"]
    login = json.loads(clients("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    session = read_json(f"{login['url']}/v1/sessions", {"email": login["username"], "password": login["password"]})
    submissions = f"{login['url']}/v1/projects/1/forms/household.svc/Submissions?%24expand=*"
    service = read_json(submissions, token=session["token"])["value"]
    outputs = report["outputs"]

    def asked(zone: str, query: str) -> list[list[str]]:
        return ask(clients, outputs["athenaWorkgroup"], outputs["databases"][zone], query, "").rows

    visits = asked("curated", "SELECT __id, district, cast(visited_on AS varchar) FROM household ORDER BY 1")
    assert visits == sorted([each["__id"], each["district"], each["visited_on"]] for each in service)
    members = asked("curated", "SELECT __submissions_id, name, age FROM household_members")
    assert sorted(members) == sorted(
        [each["__id"], member["name"], str(member["age"])] for each in service for member in each.get("members", [])
    )
    people = sum(len(each.get("members", [])) for each in service)
    (totals,) = asked(
        "analytics",
        "SELECT sum(visits), sum(people) FROM household_days WHERE day = (SELECT max(day) FROM household_days)",
    )
    assert totals == [str(len(service)), str(people)]


def test_pipelines_are_listed_and_drawn(checkout: Checkout, report: dict[str, Any]) -> None:
    listed = json.loads(checkout.watershed("pipelines", "list", "--json").stdout)
    assert {each["pipeline"]: bool(each["schedules"]) for each in listed} == {
        "daily-odk": True,
        "flights-daily": True,
        "tried": False,
    }
    picture = checkout.folder / "tried.svg"
    done = checkout.watershed("pipelines", "graph", "tried", "--svg", str(picture))
    assert "├── first fargate" in done.stdout
    assert picture.read_text().startswith("<svg ")


def test_names_that_there_are_not_are_told_with_those_there_are(checkout: Checkout, report: dict[str, Any]) -> None:
    done = checkout.watershed("runs", "start", "flights-dayly")
    assert done.returncode == 2
    assert "Did you mean flights-daily?" in done.stderr
    done = checkout.watershed("runs", "start", "tried", "--param", "mode=x")
    assert (done.returncode, "has the parameters (none)" in done.stderr) == (2, True)
    done = checkout.watershed("runs", "show", "tried", "--date", "1999-01-01")
    assert (done.returncode, "tried has no run for 1999-01-01" in done.stderr) == (1, True)
