"""What goes wrong between the export and the server, and what a person is told: one clear line, and no secret."""

from __future__ import annotations

import base64
import json
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from handlers.odk_export.problems import CredentialsError, MissingError, UnavailableError, UnsupportedError
from handlers.odk_export.session import Patience
from local.odk_server import BrokenOff, Failed, Fault, Faults, Throttled
from local.odk_server.service import Answer, Request
from tests.handlers.survey import FORM, PASSWORD, USERNAME, Survey, stepping_data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def survey(endpoint: str) -> Iterator[Survey]:
    with Survey(endpoint, stepping_data(submissions=6, days=2, photos=0.5), PAGE_ROWS="4") as made:
        yield made


@pytest.mark.parametrize("request_number", [1, 25])
@pytest.mark.parametrize(
    "fault",
    [Throttled(3), Throttled(None), Failed(500), Failed(504), BrokenOff(None), BrokenOff(0), BrokenOff(25)],
    ids=str,
)
def test_what_passes_by_itself_is_tried_again(survey: Survey, fault: Fault, request_number: int) -> None:
    survey.faults.plan(request_number, fault)
    survey.export()
    survey.assert_exact()
    assert len(survey.pauses) >= 1
    assert all(pause >= (3 if fault == Throttled(3) else 0) for pause in survey.pauses)


def test_a_server_on_which_every_fifth_request_fails_is_exported_exactly(endpoint: str) -> None:
    with Survey(endpoint, stepping_data(submissions=20, days=3), PAGE_ROWS="4") as survey:
        survey.faults = survey.server.faults = Faults(share=0.2, seed=5)
        survey.export()
        survey.assert_exact()
        assert len(survey.pauses) > 15


def test_pauses_grow_differ_and_are_no_longer_than_a_limit() -> None:
    pauses: list[float] = []
    patience = Patience(sleep=pauses.append)
    for _ in range(200):
        for attempt in range(1, 9):
            patience.pause(attempt, None)
    longest = [max(pauses[attempt::8]) for attempt in range(8)]
    assert all(0.7 * limit < most <= limit for most, limit in zip(longest, (1, 2, 4, 8, 16, 32, 60, 60), strict=True))
    assert len(set(pauses)) == len(pauses)
    patience.pause(1, 9_999)
    assert 300 <= pauses[-1] <= 301


def test_a_server_that_never_answers_ends_the_run_and_the_next_goes_on(survey: Survey) -> None:
    for number in range(15, 60):
        survey.faults.plan(number, Failed(503))
    with pytest.raises(UnavailableError, match=r"127.0.0.1:\d+ cannot be read: it answered 503, after 8 attempts"):
        survey.export()
    survey.server.faults = survey.faults = Faults()
    survey.export()
    survey.assert_exact()


def test_a_session_that_ends_is_begun_anew(survey: Survey) -> None:
    survey.faults.act_before(12, survey.server.service.tokens.clear)
    survey.faults.act_before(25, survey.server.service.tokens.clear)
    survey.export()
    survey.assert_exact()
    assert survey.server.service.logins == 3


def test_a_wrong_password_is_tried_once_and_told(survey: Survey) -> None:
    with pytest.raises(CredentialsError, match="refuses the login: wrong user name or password"):
        survey.export(ODK_PASSWORD="another password")
    assert survey.server.service.logins == 1
    assert survey.objects() == {}


def test_a_user_without_rights_is_told_what_to_ask_for(survey: Survey) -> None:
    survey.server.service.may_read = False
    with pytest.raises(CredentialsError, match=r"does not let this user read /v1/projects/1/forms/household. Give"):
        survey.export()


def test_missing_forms_are_all_named_before_anything_is_written(survey: Survey) -> None:
    with pytest.raises(
        MissingError, match=r"no published form 'housholds', 'Visits 2' in project 1. Correct ODK_FORMS"
    ):
        survey.export(ODK_FORMS=f"{FORM},housholds,Visits 2")
    assert survey.objects() == {}
    with pytest.raises(MissingError, match="in project 99"):
        survey.export(ODK_PROJECT="99")


def test_a_form_that_goes_while_it_is_read_is_told(survey: Survey) -> None:
    survey.faults.act_before(18, lambda: survey.data.forms.pop(FORM))
    with pytest.raises(MissingError, match="form 'household' went while it was read"):
        survey.export()


def test_a_server_that_knows_no_deletions_is_told_to_be_too_old(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = survey.server.service.answer

    def old(request: Request) -> Answer:
        return Answer(501, b'{"code": "501.5"}') if "deletedAt" in request.target else answer(request)

    survey.export()
    monkeypatch.setattr(survey.server.service, "answer", old)
    with pytest.raises(UnsupportedError, match=r"with 501. The export needs ODK Central 2024.3"):
        survey.export()


def test_a_web_page_instead_of_a_server_is_told(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Answer(200, b"<html></html>", {"Content-Type": "text/html"})
    monkeypatch.setattr(survey.server.service, "answer", lambda request: page)
    with pytest.raises(UnsupportedError, match="with something else than JSON: correct ODK_URL"):
        survey.export()


def printed(survey: Survey, **variables: str) -> tuple[int, str]:
    process = survey.process(**variables)
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def secrets_in(survey: Survey, output: str) -> list[str]:
    basic = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
    return [each for each in (PASSWORD, basic, *survey.server.service.tokens) if each in output]


def test_the_command_says_what_it_did_and_keeps_its_secrets(survey: Survey, tmp_path: Path) -> None:
    code, output = printed(survey, HOME=str(tmp_path), TMPDIR=str(tmp_path), RUN_ID="run-1", RUN_PIPELINE="daily-odk")
    assert code == 0, output
    lines = [json.loads(line) for line in output.splitlines()]
    assert {line["run_pipeline"] for line in lines} == {"daily-odk"}
    assert lines[-1]["message"] == "Form exported"
    assert lines[-1]["submissions"] == len([each for each in survey.data.submissions(FORM) if not each.deleted])
    assert secrets_in(survey, output) == []
    assert list(tmp_path.rglob("*")) == [], "the container's file system is read-only"
    survey.assert_exact()


@pytest.mark.parametrize(
    ("variables", "code", "message"),
    [
        ({"ODK_PASSWORD": "not " + PASSWORD}, 3, "refuses the login"),
        ({"ODK_FORMS": "nowhere"}, 4, "no published form 'nowhere'"),
        ({"ODK_FORMS": "", "STATE_TABLE": ""}, 2, "ODK_FORMS, STATE_TABLE: not set"),
        ({"STATE_TABLE": "no-such-table"}, 1, "AWS refuses: An error occurred (ResourceNotFoundException)"),
    ],
)
def test_what_is_wrong_is_one_line_without_a_traceback(
    survey: Survey, variables: dict[str, str], code: int, message: str
) -> None:
    given, output = printed(survey, **variables)
    assert given == code
    (line,) = output.splitlines()
    told = json.loads(line)
    assert told["level"] == "ERROR"
    assert message in told["message"]
    assert "Traceback" not in output
    assert secrets_in(survey, output) == []
    assert PASSWORD not in output


def echoing(survey: Survey, status: int) -> Any:
    """A server that puts all it was sent into its answers: headers, bodies, tokens."""
    answer = survey.server.service.answer

    def echo(request: Request) -> Answer:
        found = answer(request)
        if request.path.endswith("/sessions") and status != 401:
            return found
        sent = json.dumps({"code": "x", "message": f"{dict(request.headers)} {request.body.decode()}", "value": 1})
        return Answer(status, sent.encode(), {"Content-Type": "application/json", "X-Sent": sent[:500]})

    return echo


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404])
def test_a_server_that_echoes_secrets_gets_none_into_the_log(
    survey: Survey, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(survey.server.service, "answer", echoing(survey, status))
    code, output = printed(survey)
    assert code != 0
    assert survey.server.service.logins
    assert secrets_in(survey, output) == []


def wait_for(survey: Survey, objects: int) -> None:
    deadline = time.monotonic() + 60
    while len([key for key in survey.objects() if key.startswith("odk/")]) < objects:
        assert time.monotonic() < deadline, "the export wrote nothing"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_task_that_is_ended_is_finished_by_the_next(endpoint: str, number: signal.Signals) -> None:
    with Survey(endpoint, stepping_data(submissions=45, days=15, photos=0.3), PAGE_ROWS="4") as survey:
        process = survey.process()
        wait_for(survey, objects=12)
        os.kill(process.pid, number)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == (-number if number == signal.SIGKILL else 128 + number)
        assert number == signal.SIGKILL or "Told to stop; the next run goes on here" in output
        assert "watermark" not in (survey.item("FORM") or {})
        survey.data.edit(FORM, survey.data.submissions(FORM)[0].instance, survey.data.submissions(FORM)[5].values)
        code, output = printed(survey)
        assert code == 0, output
        survey.assert_exact()
