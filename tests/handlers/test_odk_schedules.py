"""Whatever is submitted, edited and deleted, and whenever, and wherever exports are killed: the lake ends exact."""

from __future__ import annotations

import dataclasses
import functools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers.common import clients
from handlers.odk_export import attachments
from local.odk_server import BrokenOff, Failed, Throttled
from tests.handlers.faults import Death, Faults, die
from tests.handlers.survey import FORM, START, Survey, a_visit, fresh_clients, stepping_data

if TYPE_CHECKING:
    import pytest

KINDS = ("submit", "submit late", "edit", "edit late", "review", "delete", "delete", "restore", "purge")
FAULTS = (Throttled(0), Failed(503), BrokenOff(None), BrokenOff(30))


@dataclasses.dataclass(frozen=True)
class Change:
    """Something happens to one of the submissions: before the export, or when it makes its n-th request."""

    kind: str
    which: int
    request: int


@dataclasses.dataclass(frozen=True)
class Run:
    """One export: what happens before and meanwhile, what fails, and at which call of AWS it is killed, if at all."""

    changes: list[Change]
    faults: dict[int, Any]
    kill: int | None
    after: bool


changes = st.builds(Change, st.sampled_from(KINDS), st.integers(0, 99), st.integers(0, 45))
runs = st.builds(
    Run,
    changes=st.lists(changes, max_size=5),
    faults=st.dictionaries(st.integers(1, 50), st.sampled_from(FAULTS), max_size=2),
    kill=st.one_of(st.none(), st.integers(1, 90)),
    after=st.booleans(),
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=st.lists(runs, min_size=1, max_size=4))
def test_any_schedule_of_changes_faults_and_kills_ends_exact(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, plan: list[Run]
) -> None:
    monkeypatch.setattr(attachments, "_AT_ONCE", 1)
    data = stepping_data(submissions=8, days=2)
    data.submissions(FORM)[2].deleted = START - timedelta(days=20)
    with Survey(endpoint, data, PAGE_ROWS="3", SLICE_ROWS="4") as survey:
        happened = [0]
        for run in plan:
            asked = len(survey.faults.requests)
            for number, fault in run.faults.items():
                survey.faults.plan(asked + number, fault)
            for change in run.changes:
                if change.request:
                    action = functools.partial(apply, survey, change, happened)
                    survey.faults.act_before(asked + change.request, action)
                else:
                    apply(survey, change, happened)
            done = export(survey, run)
            survey.faults.forget()
            if done and looked_since(survey, happened[-1]) and not edited_late(plan):
                survey.assert_exact()
        survey.export()
        survey.assert_exact()


def export(survey: Survey, run: Run) -> bool:
    """Export; says whether it got to its end."""
    fresh_clients()
    faults = Faults(clients.s3(), clients.dynamodb())
    if run.kill:
        faults.at(run.kill, die, after=run.after)
    try:
        survey.export()
    except Death:
        return False
    finally:
        faults.clear()
        fresh_clients()
    return True


def looked_since(survey: Survey, request: int) -> bool:
    """Say whether the feed of changes was read after the n-th request: what comes later is the next export's."""
    return any("updatedAt" in each and "skip=0&" in each for each in survey.faults.requests[request:])


def edited_late(plan: list[Run]) -> bool:
    """An edit whose transaction took long may be the next export's, too."""
    return any(change.kind == "edit late" for run in plan for change in run.changes)


def apply(survey: Survey, change: Change, happened: list[int]) -> None:
    happened.append(len(survey.faults.requests))
    data = survey.data
    alive = [each for each in data.submissions(FORM) if each.deleted is None]
    trash = [each for each in data.submissions(FORM) if each.deleted is not None]
    # Central purges what was deleted 30 days ago.
    old = [each for each in trash if each.deleted and each.deleted < START]
    chosen = {"restore": trash, "purge": old}.get(change.kind, alive)
    if change.kind == "submit":
        data.submit(FORM, a_visit(change.which, photo=f"{change.which}.png"), attachments={f"{change.which}.png": b"1"})
    elif change.kind == "submit late":
        data.submit(FORM, a_visit(change.which), at=data.clock() - timedelta(minutes=change.which % 30))
    elif chosen:
        instance = chosen[change.which % len(chosen)].instance
        match change.kind:
            case "edit":
                data.edit(FORM, instance, a_visit(change.which))
            case "edit late":
                at = data.clock() - timedelta(minutes=change.which % 30)
                data.edit(FORM, instance, a_visit(change.which), at=at)
            case "review":
                data.set_review(FORM, instance, "approved")
            case _:
                getattr(data, change.kind)(FORM, instance)
