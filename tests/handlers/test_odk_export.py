"""What is in the lake after an export is what the server has: first, after changes, and whatever happens meanwhile."""

from __future__ import annotations

import concurrent.futures
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from handlers.common import clients
from handlers.odk_export import attachments
from local.odk_server import Field, Form
from tests.handlers.faults import Death, Faults, die
from tests.handlers.survey import FORM, START, Survey, a_visit, fresh_clients, stepping_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.odk_server import CentralData, Submission


@pytest.fixture
def survey(endpoint: str) -> Iterator[Survey]:
    with Survey(endpoint, stepping_data(submissions=20, days=3, photos=0.2), PAGE_ROWS="5") as made:
        made.data.delete(FORM, made.data.submissions(FORM)[3].instance)
        yield made


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let attachments come one after the other, so that the n-th call is always the same."""
    monkeypatch.setattr(attachments, "_AT_ONCE", 1)


def alive(survey: Survey) -> list[Submission]:
    return [each for each in survey.data.submissions(FORM) if each.deleted is None]


def versions(survey: Survey) -> int:
    pages = survey.s3.get_paginator("list_object_versions").paginate(Bucket=survey.bucket)
    return sum(len(page.get("Versions", [])) for page in pages)


def test_a_first_export_brings_everything(endpoint: str) -> None:
    with Survey(endpoint, stepping_data(photos=0.15)) as survey:
        survey.export()
        survey.assert_exact()
        assert len(survey.landed("Submissions")) > 100
        assert len(survey.landed("Submissions.members")) > 300
        assert len(survey.landed("Submissions.members.illnesses")) > 100


def test_children_name_the_rows_they_belong_to(survey: Survey) -> None:
    survey.export()
    submissions = {row["__id"] for row in survey.landed("Submissions")}
    members = {row["__id"]: row["__Submissions_id"] for row in survey.landed("Submissions.members")}
    assert set(members.values()) <= submissions
    assert {row["__Submissions_members_id"] for row in survey.landed("Submissions.members.illnesses")} <= set(members)


def test_an_export_without_changes_writes_nothing_and_asks_little(survey: Survey) -> None:
    survey.export()
    before, _ = versions(survey), survey.requests()
    survey.export()
    assert versions(survey) == before
    assert len(survey.requests()) < 25
    survey.assert_exact()


def submit(survey: Survey) -> None:
    survey.data.submit(FORM, a_visit(1))


def edit(survey: Survey) -> None:
    survey.data.edit(FORM, alive(survey)[-1].instance, a_visit(2, members=[]))


def review(survey: Survey) -> None:
    survey.data.set_review(FORM, alive(survey)[-2].instance, "approved")


def delete(survey: Survey) -> None:
    survey.data.delete(FORM, alive(survey)[9].instance)


def delete_a_day(survey: Survey) -> None:
    last = alive(survey)[0].created.date()
    for each in alive(survey):
        if each.created.date() == last:
            survey.data.delete(FORM, each.instance)


def restore(survey: Survey) -> None:
    first = next(each for each in survey.data.submissions(FORM) if each.deleted)
    survey.data.restore(FORM, first.instance)


def purge(survey: Survey) -> None:
    for each in [each for each in survey.data.submissions(FORM) if each.deleted]:
        survey.data.purge(FORM, each.instance)


def delete_one_and_restore_another(survey: Survey) -> None:
    delete(survey)
    restore(survey)


def submit_late(survey: Survey) -> None:
    """A transaction that began before the last change, and is seen only now."""
    survey.data.submit(FORM, a_visit(3), at=survey.data.clock() - timedelta(minutes=40))


def edit_late(survey: Survey) -> None:
    survey.data.edit(FORM, alive(survey)[4].instance, a_visit(4), at=survey.data.clock() - timedelta(minutes=40))


CHANGES = [
    *(submit, edit, review, delete, delete_a_day, restore, purge),
    *(delete_one_and_restore_another, submit_late, edit_late),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_the_next_export_follows_a_change(survey: Survey, change: Callable[[Survey], None]) -> None:
    review(survey)  # So that the watermark is near.
    survey.export()
    change(survey)
    survey.export()
    survey.assert_exact()


def test_a_change_costs_its_slice_and_no_other(survey: Survey) -> None:
    survey.export()
    survey.requests()
    survey.export()
    usual = days_read(survey)  # of the overlap, and those that wait for a photo
    review(survey)
    survey.export()
    assert days_read(survey) - usual == {alive(survey)[-2].created.strftime("%Y-%m-%d")}


def days_read(survey: Survey) -> set[str]:
    """The days whose submissions were read whole since this was asked last."""
    return {each.partition("submissionDate+ge+")[2][:10] for each in survey.requests() if "expand" in each}


@pytest.mark.parametrize("change", CHANGES[:-1], ids=lambda each: each.__name__)
@pytest.mark.parametrize("request_number", [3, 40])
def test_one_export_follows_what_changes_while_it_reads(
    survey: Survey, change: Callable[[Survey], None], request_number: int
) -> None:
    survey.faults.act_before(request_number, lambda: change(survey))
    survey.export()
    survey.assert_exact()


def test_rows_that_go_between_pages_hide_no_others(endpoint: str) -> None:
    data = stepping_data(submissions=0)
    made = [data.submit(FORM, a_visit(number), at=START - timedelta(minutes=number)) for number in range(60)]
    with Survey(endpoint, data, PAGE_ROWS="20") as survey:
        # What a page had goes before the next one is asked for: the ones behind move up, over the pages' edges.
        pages = [number for number, each in enumerate(_asked_first(endpoint, data), 1) if "expand" in each]
        assert len(pages) == 5
        for page, first in ((pages[1], 0), (pages[2], 15)):
            survey.faults.act_before(page, lambda first=first: purge_all(data, made[first : first + 15]))  # type: ignore[misc]
        survey.export()
        assert len(survey.landed("Submissions")) == 60 - 30
        survey.assert_exact()


def purge_all(data: CentralData, submissions: list[Submission]) -> None:
    for each in submissions:
        data.purge(FORM, each.instance)


def _asked_first(endpoint: str, data: CentralData) -> list[str]:
    """What an export asks of a server with this data."""
    with Survey(endpoint, data, PAGE_ROWS="20") as survey:
        survey.export()
        return survey.requests()


def test_submissions_of_one_day_become_objects_of_a_bounded_size(endpoint: str) -> None:
    data = stepping_data(submissions=0)
    for number in range(51):
        data.submit(FORM, a_visit(number), at=START + timedelta(minutes=number // 3))  # three at a time
    with Survey(endpoint, data, SLICE_ROWS="10") as survey:
        survey.export()
        survey.assert_exact()
        sizes = [body.count(b"\n") for key, body in survey.objects().items() if "/Submissions/" in key]
        assert max(sizes) <= 12
        assert len(sizes) >= 5
        for number in range(15):
            data.submit(FORM, a_visit(number), at=START + timedelta(minutes=20 + number))
        data.delete(FORM, data.submissions(FORM)[40].instance)
        survey.export()
        survey.assert_exact()


def test_a_million_in_a_millisecond_cannot_be_divided_and_are_read_all_the_same(endpoint: str) -> None:
    data = stepping_data(submissions=0)
    for number in range(40):
        data.submit(FORM, a_visit(number), at=START)
    with Survey(endpoint, data, SLICE_ROWS="10", PAGE_ROWS="7") as survey:
        survey.export()
        survey.assert_exact()


def test_two_exports_at_once_end_exact(endpoint: str) -> None:
    with Survey(endpoint, stepping_data(submissions=30, days=3, photos=0.2), SLICE_ROWS="7") as survey:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(survey.export) for _ in range(2)]:
                done.result()
        survey.assert_exact()


def test_several_forms_are_exported_one_beside_the_other(endpoint: str) -> None:
    data = stepping_data(submissions=5)
    odd = "Wasserstellen/2026 (neu)"
    data.publish(Form(odd, [Field("/name"), Field("/team", "repeat"), Field("/team/who")]))
    data.submit(odd, {"name": "Brunnen", "team": [{"who": "Jürgen"}, {"who": None}]})
    with Survey(endpoint, data, ODK_FORMS=f"{FORM}, {odd}") as survey:
        survey.export()
        survey.assert_exact()
        assert survey.item("FORM", odd) is not None
        bodies = {key: body for key, body in survey.objects().items() if key.startswith("odk/Wasserstellen!2F2026")}
        assert len(bodies) == 2
        assert '"who":"Jürgen"'.encode() in b"".join(bodies.values())


def republished(*fields: Field) -> Form:
    return Form(FORM, fields, version="2")


def test_a_field_that_a_new_version_lacks_is_gone_from_all_rows(survey: Survey) -> None:
    survey.export()
    kept = [each for each in survey.data.forms[FORM].fields if not each.path.startswith(("/district", "/members"))]
    survey.data.publish(republished(*kept))
    survey.export()
    survey.assert_exact()
    assert survey.landed("Submissions.members") == []
    assert not any("district" in row for row in survey.landed("Submissions"))


def test_a_form_published_anew_between_two_pages_is_read_with_its_new_fields(survey: Survey) -> None:
    old = survey.data.forms[FORM].fields
    groups = (Field("/water", "structure"), Field("/water/source"), Field("/animals", "repeat"), Field("/animals/kind"))

    def publish() -> None:
        survey.data.publish(republished(*old, *groups))
        survey.data.edit(
            FORM, alive(survey)[3].instance, a_visit(4, water={"source": "well"}, animals=[{"kind": "goat"}])
        )

    survey.faults.act_before(26, publish)
    survey.export()
    assert [row["kind"] for row in survey.landed("Submissions.animals")] == ["goat"]
    survey.export(RUN_PARAMETERS='{"full": true}')
    assert [row["water_source"] for row in survey.landed("Submissions") if row["water_source"]] == ["well"]


def killed(survey: Survey, call: int, *, after: bool) -> bool:
    """Export, and die at the n-th call of AWS; says whether it came to that."""
    fresh_clients()
    faults = Faults(clients.s3(), clients.dynamodb())
    faults.at(call, die, after=after)
    try:
        survey.export()
    except Death:
        return True
    finally:
        faults.clear()
        fresh_clients()
    return False


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("call", range(1, 46, 3))
def test_an_export_that_is_killed_at_any_call_is_finished_by_the_next(endpoint: str, call: int) -> None:
    with Survey(endpoint, stepping_data(submissions=4, days=2), PAGE_ROWS="3") as survey:
        assert killed(survey, call, after=call % 2 == 1)
        for each in alive(survey):
            survey.data.edit(FORM, each.instance, a_visit(6))
        survey.data.submit(FORM, a_visit(7), at=START - timedelta(days=9))
        survey.export()
        survey.assert_exact()


@pytest.mark.usefixtures("one_by_one")
def test_an_export_that_is_killed_again_and_again_gets_there(survey: Survey) -> None:
    runs = 0
    while killed(survey, 40, after=False):
        runs += 1
        assert runs < 20
    assert runs >= 3
    survey.assert_exact()


@pytest.mark.usefixtures("one_by_one")
def test_the_next_export_goes_on_where_a_killed_one_stopped(endpoint: str) -> None:
    with Survey(endpoint, stepping_data(submissions=30, days=15, photos=0)) as survey:
        assert killed(survey, 160, after=True)
        _goes_on(survey)


def _goes_on(survey: Survey) -> None:
    done = {key.rpartition("/")[2] for key in survey.objects() if "/Submissions/" in key}
    assert 5 <= len(done) <= 12
    assert "watermark" not in (survey.item("FORM") or {})
    survey.requests()
    survey.export()
    again = days_read(survey) & {name.removesuffix(".jsonl") for name in done}
    assert len(again) <= 2  # the one it died in, and that of the overlap
    survey.assert_exact()
    assert "watermark" in (survey.item("FORM") or {})


def test_the_watermark_does_not_go_beyond_what_was_seen_nor_back(survey: Survey) -> None:
    survey.export()
    first = survey.item("FORM") or {}
    newest = max(each.updated or each.created for each in alive(survey))
    assert first["watermark"]["S"] == newest.strftime("%Y-%m-%dT%H:%M:%S.") + f"{newest.microsecond // 1000:03d}Z"
    submit(survey)
    survey.export()
    second = survey.item("FORM") or {}
    assert second["watermark"]["S"] > first["watermark"]["S"]
    survey.data.purge(FORM, alive(survey)[0].instance)
    survey.export()
    assert (survey.item("FORM") or {})["watermark"] == second["watermark"]
    survey.assert_exact()


def test_a_form_without_submissions_is_no_error(endpoint: str) -> None:
    with Survey(endpoint, stepping_data(submissions=0)) as survey:
        survey.export()
        survey.assert_exact()
        assert survey.objects() == {}
        submit(survey)
        survey.export()
        survey.assert_exact()


def test_another_prefix_begins_from_nothing(survey: Survey) -> None:
    survey.export()
    survey.export(LANDING_PREFIX="elsewhere/")
    objects: dict[str, Any] = survey.objects()
    first, second = ({key.partition("/")[2] for key in objects if key.startswith(p)} for p in ("odk/", "elsewhere/"))
    assert first == second
    assert first
