"""Attachments: their content in the lake and their table, fetched once, under names that lead nowhere else."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from handlers.common import clients
from handlers.odk_export import attachments
from handlers.odk_export.landing import safe
from local.odk_server import BrokenOff, Failed
from tests.handlers.faults import Death, Faults, die
from tests.handlers.survey import FORM, Survey, a_visit, fresh_clients, stepping_data

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = random.Random(1).randbytes(20 * 1024**2)


@pytest.fixture
def survey(endpoint: str) -> Iterator[Survey]:
    with Survey(endpoint, stepping_data(submissions=0)) as made:
        yield made


def submit(survey: Survey, name: str, content: bytes | None) -> str:
    files = {} if content is None else {name: content}
    return survey.data.submit(FORM, a_visit(1, photo=name), attachments=files).instance


def only(survey: Survey) -> dict[str, object]:
    (row,) = survey.landed("attachments")
    return row


def test_a_large_one_goes_in_parts_and_is_whole(survey: Survey) -> None:
    instance = submit(survey, "film.mp4", LARGE)
    survey.export()
    survey.assert_exact()
    row = only(survey)
    assert row["bytes"] == len(LARGE)
    assert row["sha256"] == hashlib.sha256(LARGE).hexdigest()
    key = f"attachments/{FORM}/{safe(instance)}/film.mp4"
    assert row["location"] == f"s3://{survey.bucket}/{key}"
    assert survey.s3.head_object(Bucket=survey.bucket, Key=key)["ETag"].strip('"').endswith("-3")


def test_one_is_fetched_once(survey: Survey) -> None:
    instance = submit(survey, "a.png", b"first")
    other = submit(survey, "b.png", b"other")
    survey.export()
    survey.data.edit(FORM, instance, a_visit(2, photo="a.png"))
    survey.data.set_review(FORM, other, "approved")
    survey.export()
    survey.export(RUN_PARAMETERS='{"full": true}')
    survey.assert_exact()
    assert sorted(survey.server.service.downloads) == sorted([f"{instance}/a.png", f"{other}/b.png"])


def test_an_edit_may_bring_another_file_under_the_same_name(survey: Survey) -> None:
    instance = submit(survey, "a.png", b"first")
    survey.export()
    survey.data.edit(FORM, instance, a_visit(2, photo="a.png"), attachments={"a.png": b"second"})
    survey.export()
    survey.assert_exact()
    assert only(survey)["sha256"] == hashlib.sha256(b"second").hexdigest()


def test_a_missing_one_is_listed_and_comes_when_it_is_uploaded(
    survey: Survey, caplog: pytest.LogCaptureFixture
) -> None:
    instance = submit(survey, "a.png", None)
    survey.export()
    assert only(survey)["status"] == "missing"
    assert "Attachment missing on the server" in caplog.text
    # Others come, and the overlap is over.
    survey.data.clock.now += timedelta(days=6)  # type: ignore[attr-defined]
    survey.data.submit(FORM, a_visit(2))
    survey.export()
    survey.data.upload(FORM, instance, "a.png", b"at last")
    survey.export()
    survey.assert_exact()
    assert only(survey)["status"] == "present"
    assert {row["__system_attachmentsPresent"] for row in survey.landed("Submissions")} == {0, 1}


def test_one_that_is_replaced_or_cleared_without_an_edit_takes_a_full_run(survey: Survey) -> None:
    replaced, cleared = submit(survey, "a.png", b"first"), submit(survey, "b.png", b"soon gone")
    survey.export()
    survey.data.upload(FORM, replaced, "a.png", b"second")
    survey.data.upload(FORM, cleared, "b.png", None)
    survey.export(RUN_PARAMETERS='{"full": "true"}', RUN_ID="run-2")
    survey.assert_exact()


def test_those_of_deleted_submissions_are_listed_no_more(survey: Survey) -> None:
    instance = submit(survey, "a.png", b"first")
    survey.export()
    survey.data.delete(FORM, instance)
    survey.export()
    survey.assert_exact()
    assert survey.landed("attachments") == []


@pytest.mark.parametrize(
    "name",
    [
        *("../../../odk/household/Submissions/2026-01-01.jsonl", "/etc/passwd", "a/b/../c.png", "a\\b.png", "..."),
        *("Ünï còdé.png", "with 100%.png", "tab\tnew\nline.png", "x" * 400 + ".png", "ü" * 250, "\x7f\x01", "!2F"),
    ],
)
def test_a_name_leads_nowhere_else(survey: Survey, name: str) -> None:
    instance = submit(survey, name, b"content")
    survey.export()
    survey.assert_exact()
    prefix = f"attachments/{FORM}/{safe(instance)}/"
    (key,) = [key for key in survey.objects() if key.startswith("attachments/")]
    assert key.startswith(prefix)
    last = key.removeprefix(prefix)
    assert last not in ("", ".", "..")
    assert "/" not in last
    assert last.isascii()
    assert last.isprintable()
    assert len(key) <= 1024


@pytest.mark.parametrize("name", [".", ".."])
def test_a_name_that_no_address_can_hold_is_missing(survey: Survey, name: str) -> None:
    submit(survey, name, b"content")
    survey.export()
    assert only(survey)["status"] == "missing"
    assert [key for key in survey.objects() if key.startswith("attachments/")] == []
    assert not [each for each in survey.requests() if not each.partition("?")[0].endswith(_KNOWN)]


_KNOWN = ("/sessions", "/household", "/fields", "/Submissions", "/attachments")


def test_names_that_look_alike_stay_apart() -> None:
    names = ["a", "A", "a!", "a/", "a!2F", ".", "..", "!2E", "%2E", "", " ", "x" * 200, "x" * 201, "x" * 202, "ü", "u"]
    assert len({safe(name) for name in names}) == len(names)


@pytest.mark.parametrize("fault", [BrokenOff(17 * 1024**2), BrokenOff(10), BrokenOff(None), Failed(502)])
def test_one_that_breaks_off_is_fetched_again_and_leaves_no_parts(survey: Survey, fault: BrokenOff | Failed) -> None:
    submit(survey, "film.mp4", LARGE)
    download = _request_of_the_download(survey)
    survey.faults.plan(download, fault)
    survey.export()
    survey.assert_exact()
    assert survey.s3.list_multipart_uploads(Bucket=survey.bucket).get("Uploads", []) == []


def _request_of_the_download(survey: Survey) -> int:
    """Find out which request it is, with an export to another place."""
    survey.export(LANDING_PREFIX="other/", ATTACHMENTS_PREFIX="else/")
    asked = survey.requests()
    return next(number for number, each in enumerate(asked, 1) if each.endswith("/attachments/film.mp4"))


def test_what_was_downloaded_before_a_kill_is_not_fetched_again(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "_AT_ONCE", 1)
    instances = [submit(survey, f"{number}.png", b"content of %d" % number) for number in range(6)]
    fresh_clients()
    faults = Faults(clients.s3(), clients.dynamodb())
    faults.at(24, die, after=False)
    with pytest.raises(Death):
        survey.export()
    faults.clear()
    fresh_clients()
    fetched = list(survey.server.service.downloads)
    assert 2 <= len(fetched) < len(instances)
    survey.export()
    survey.assert_exact()
    twice = len(survey.server.service.downloads) - len(set(survey.server.service.downloads))
    assert twice <= 1  # the one it died at
