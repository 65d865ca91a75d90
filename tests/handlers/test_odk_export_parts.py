"""The parts of the export by themselves: settings, slices, pages, tables, secrets."""

from __future__ import annotations

import base64
import io
import sys
import traceback
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.common.table import MetadataTable
from handlers.common.telemetry import logger
from handlers.odk_export import secrecy, slices
from handlers.odk_export.central import Field, Page
from handlers.odk_export.changes import differing
from handlers.odk_export.landing import Landing
from handlers.odk_export.pages import pages
from handlers.odk_export.problems import ChangedError, SettingsError, UnavailableError, UnsupportedError
from handlers.odk_export.secrecy import Secrets
from handlers.odk_export.settings import Place, read
from handlers.odk_export.state import FormState, Slice
from handlers.odk_export.tables import SchemaChangedError, line, shape_of
from tests.handlers.survey import Survey, stepping_data

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = {
    "ODK_URL": "https://odk.example.org/",
    "ODK_PROJECT": "7",
    "ODK_FORMS": " households, visits,households",
    "ODK_USERNAME": "export@example.org",
    "ODK_PASSWORD": "a long password",
    "LANDING_BUCKET": "raw",
    "STATE_TABLE": "state",
}


def test_the_environment_is_read_with_its_defaults() -> None:
    settings = read(GOOD)
    assert settings.url == "https://odk.example.org"
    assert settings.server == "odk.example.org"
    assert settings.forms == ("households", "visits")
    assert (str(settings.landing), str(settings.attachments)) == ("s3://raw/odk/", "s3://raw/attachments/")
    assert settings.overlap == timedelta(hours=1)
    assert not settings.full


def test_the_password_is_in_no_representation() -> None:
    assert "a long password" not in repr(read(GOOD))


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read({"ODK_PROJECT": "x"})
    for name in GOOD.keys() - {"ODK_PROJECT"}:
        assert name in str(caught.value)
    assert "ODK_PROJECT: 'x' is not a whole number from 1 on" in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ODK_URL": "http://odk.example.org"}, "ODK_URL: give the server's address with https://"),
        ({"ODK_URL": "odk.example.org"}, "ODK_URL: give the server's address with https://"),
        ({"ODK_URL": "https://me:secret@odk.example.org"}, "ODK_URL: holds a user or password"),
        ({"OVERLAP_MINUTES": "0"}, "OVERLAP_MINUTES: '0' is not a whole number from 1 on"),
        ({"PAGE_ROWS": "1"}, "PAGE_ROWS: '1' is not a whole number from 2 on"),
        ({"LANDING_PREFIX": "/odk"}, "LANDING_PREFIX: '/odk' has to end with a slash"),
        ({"RUN_PARAMETERS": "{"}, "RUN_PARAMETERS: not JSON"),
        ({"RUN_PARAMETERS": '{"full": 1}'}, 'RUN_PARAMETERS: "full" is true or false'),
    ],
)
def test_what_is_wrong_with_the_environment_is_told(change: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({**GOOD, **change})
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


moments = st.datetimes(datetime(2024, 1, 1), datetime(2024, 1, 5), timezones=st.just(UTC))


@given(moment=moments, starts=st.lists(moments, max_size=5))
def test_a_time_lies_in_exactly_one_slice(moment: datetime, starts: list[datetime]) -> None:
    time = slices.moment(moment.isoformat())
    known = sorted({slices.moment(each.isoformat()) for each in starts} | {"2024-01-02T00:00:00.000Z"})
    start = slices.slice_of(time, known)
    assert start <= time < slices.end_of(start, known)
    others = {*known, *(slices.day(slices.ordinal("2024-01-01") + number) for number in range(5))} - {start}
    assert [each for each in others if each <= time < slices.end_of(each, known) and each in known] == []


def test_a_slice_is_named_by_its_day_or_time() -> None:
    assert slices.name("2024-02-29T00:00:00.000Z") == "2024-02-29"
    assert slices.name("2024-02-29T10:11:12.131Z") == "2024-02-29T101112.131Z"


def row(number: int) -> dict[str, Any]:
    """A row whose time of creation is its number; three have one time."""
    return {"__id": f"r{number}", "__system": {"submissionDate": f"{number // 3:06d}"}}


@given(
    first=st.sets(st.integers(0, 80), max_size=60),
    size=st.integers(2, 25),
    steps=st.lists(
        st.tuples(st.sets(st.integers(0, 80), max_size=12), st.sets(st.integers(0, 80), max_size=12)), max_size=20
    ),
)
def test_what_is_there_all_the_time_is_read_whatever_comes_and_goes(
    first: set[int], size: int, steps: list[tuple[set[int], set[int]]]
) -> None:
    there, always, left = set(first), set(first), list(steps)

    def fetch(skip: int) -> Page:
        if left:
            coming, going = left.pop(0)
            there.update(coming)
            there.difference_update(going)
            always.difference_update(going)
        rows = [row(number) for number in sorted(there, reverse=True)]
        return Page(rows[skip : skip + size], len(rows))

    read_rows = {each["__id"] for page in pages(fetch, size) for each in page}
    # Steps that come after the last page were not seen.
    assert {f"r{number}" for number in always} <= read_rows


def test_a_server_whose_count_and_rows_never_agree_is_not_read_for_ever() -> None:
    rows = [row(number) for number in range(5)][::-1]
    with pytest.raises(UnavailableError, match="it counts submissions that it does not list"):
        for _ in pages(lambda skip: Page(rows[skip : skip + 3], 10), 3):
            pass


counts = st.dictionaries(st.integers(0, 400), st.integers(1, 9), max_size=12)


@given(server=counts, lake=counts)
def test_slices_whose_counts_differ_are_found_and_no_others(server: dict[int, int], lake: dict[int, int]) -> None:
    first = slices.ordinal("2024-01-01")
    known = [Slice(slices.day(first + day), rows, 0, None, full=False) for day, rows in sorted(lake.items())]

    def count(start: str, end: str) -> int:
        return sum(rows for day, rows in server.items() if start <= slices.day(first + day) < end)

    found = differing(count, known)
    wrong = {slices.day(first + day) for day in server.keys() | lake.keys() if server.get(day) != lake.get(day)}
    assert found <= wrong
    # A span in which as many are missing as are too many is not looked into: exports never meet one, see changes.py.
    if sum(server.values()) != sum(lake.values()):
        assert found
    if all(server.get(day, 0) >= rows for day, rows in lake.items()):
        assert found == wrong


FIELDS = [
    Field("/meta", "structure"),
    Field("/meta/instanceID", "string"),
    Field("/place", "geopoint"),
    Field("/team", "structure"),
    Field("/team/people", "repeat"),
    Field("/team/people/name", "string"),
    Field("/team/people/tools", "repeat"),
    Field("/team/people/tools/tool", "string"),
]


def test_groups_become_columns_and_repeats_tables() -> None:
    tools = [{"__id": "t", "tool": "hoe"}]
    people = [{"__id": "p", "name": "Sia", "tools@odata.navigationLink": "…", "tools": tools}]
    submission = {
        "__id": "s",
        "__system": {"edits": 0},
        "meta": {"instanceID": "s"},
        "place": {"type": "Point", "coordinates": [1, 2]},
        "team": {"people": people},
    }
    assert list(shape_of("f", FIELDS).rows(submission)) == [
        (
            "Submissions",
            {
                "__id": "s",
                "__system_edits": 0,
                "meta_instanceID": "s",
                "place": {"type": "Point", "coordinates": [1, 2]},
            },
        ),
        ("Submissions.team.people", {"__id": "p", "name": "Sia", "__Submissions_id": "s"}),
        ("Submissions.team.people.tools", {"__id": "t", "tool": "hoe", "__Submissions_team_people_id": "p"}),
    ]


@pytest.mark.parametrize("path", ["/meta_instanceID", "/META/instanceid"])
def test_two_fields_of_one_column_are_refused_and_named(path: str) -> None:
    fields = [*FIELDS, Field("/META", "structure"), Field(path, "string")]
    with pytest.raises(
        UnsupportedError, match=r"Form 'f': the fields /meta/instanceID and .* would both be the column"
    ):
        shape_of("f", fields)


def test_a_group_that_the_fields_do_not_know_is_no_value() -> None:
    with pytest.raises(SchemaChangedError):
        list(shape_of("f", FIELDS).rows({"__id": "s", "new": {"a": 1}}))


def test_the_same_row_is_the_same_bytes() -> None:
    assert line({"a": "é\n", "b": 1.10, "c": None}) == '{"a":"é\\n","b":1.1,"c":null}\n'.encode()


SECRET = "pa/ss \"wörd' &"
SPELLINGS: list[Callable[[str], str]] = [
    str,
    repr,
    lambda secret: base64.b64encode(f"user:{secret}".encode()).decode(),
    lambda secret: f"https://example.org/?p={__import__('urllib.parse').parse.quote(secret, safe='')}",
    lambda secret: f"p={__import__('urllib.parse').parse.quote_plus(secret)}",
    lambda secret: __import__("json").dumps({"password": secret}),
]


@pytest.mark.parametrize("spelling", range(len(SPELLINGS)))
def test_a_secret_is_hidden_however_it_is_spelled(spelling: int) -> None:
    secrets = Secrets()
    secrets.add_login("user", SECRET)
    text = SPELLINGS[spelling](SECRET)
    assert secrets.hide(text) != text
    assert "***" in secrets.hide(text)
    assert "wörd" not in secrets.hide(text)


def test_no_stream_shows_a_secret_not_even_in_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    out, err, secrets = io.StringIO(), io.StringIO(), Secrets()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    handler = logger.registered_handler
    before = handler.stream  # type: ignore[attr-defined]
    secrecy.veil(secrets)
    try:
        secrets.add("token-of-the-session")
        print("a token-of-the-session in the middle")
        try:
            raise ValueError("with token-of-the-session")
        except ValueError:
            logger.exception("Failed")
            traceback.print_exc()
    finally:
        handler.setStream(before)  # type: ignore[attr-defined]
    printed = out.getvalue() + err.getvalue()
    assert "token-of-the-session" not in printed
    assert printed.count("***") >= 3


@pytest.fixture
def place(endpoint: str) -> tuple[Landing, FormState]:
    survey = Survey(endpoint, stepping_data(submissions=0))
    table = MetadataTable(survey.dynamodb, survey.table)
    return Landing(survey.s3, Place(survey.bucket, "odk/"), "form"), FormState(table, "ODK#test")


DAY = "2024-01-01T00:00:00.000Z"


def test_an_object_that_another_wrote_meanwhile_is_not_replaced(place: tuple[Landing, FormState]) -> None:
    landing, _ = place
    none = landing.read("Submissions", DAY)
    assert none is None
    assert not landing.write("Submissions", DAY, b"", none)
    assert landing.write("Submissions", DAY, b"first\n", none)
    with pytest.raises(ChangedError):
        landing.write("Submissions", DAY, b"too late\n", none)
    first = landing.read("Submissions", DAY)
    assert first
    assert not landing.write("Submissions", DAY, b"first\n", first)
    assert landing.write("Submissions", DAY, b"second\n", first)
    with pytest.raises(ChangedError):
        landing.write("Submissions", DAY, b"too late\n", first)
    assert (landing.read("Submissions", DAY) or first).content == b"second\n"


def test_a_slice_that_became_due_again_or_was_claimed_stays_due(place: tuple[Landing, FormState]) -> None:
    _, state = place
    state.make_due([DAY], full=True)
    (seen,) = state.slices()
    mine = state.claim(seen)
    with pytest.raises(ChangedError):
        state.claim(seen)
    state.make_due([DAY])
    with pytest.raises(ChangedError):
        state.finish(mine, rows=1, waiting=0)
    (again,) = state.slices("2024-01-01")
    assert again.due
    assert again.full
    state.finish(state.claim(again), rows=3, waiting=1)
    assert state.slice(DAY) == Slice(DAY, 3, 1, None, full=False)


def test_the_watermark_only_moves_on(place: tuple[Landing, FormState]) -> None:
    _, state = place
    for moment in ("2024-01-02", "2024-01-03", "2024-01-01"):
        state.advance(moment)
    assert state.form()["watermark"] == "2024-01-03"
