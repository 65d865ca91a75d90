"""The survey's server answers as Central does, and as a program it ends by itself."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest

from local.odk_server import CentralServer, SteppingClock, household_data
from local.odk_server.filters import FilterError, predicate
from local.processes import ProcessRecord

REPOSITORY = Path(__file__).resolve().parents[2]
FORM = "/v1/projects/1/forms/household"


class Client:
    def __init__(self, url: str, password: str = "a password") -> None:
        self.url = url
        body = json.dumps({"email": "me@example.org", "password": password}).encode()
        request = urllib.request.Request(f"{url}/v1/sessions", data=body, method="POST")
        with urllib.request.urlopen(request) as answer:
            self.token = json.load(answer)["token"]

    def get(self, path: str, **query: Any) -> Any:
        asked = urlencode({f"${name}": value for name, value in query.items()}, quote_via=quote)
        request = urllib.request.Request(f"{self.url}{path}?{asked}", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def status(self, path: str, **query: Any) -> tuple[int, str]:
        with pytest.raises(urllib.error.HTTPError) as refused:
            self.get(path, **query)
        return refused.value.code, json.load(refused.value)["code"]


@pytest.fixture
def server() -> Iterator[CentralServer]:
    data = household_data(submissions=20, days=4, clock=SteppingClock(datetime(2026, 2, 1, tzinfo=UTC)))
    with CentralServer(data, username="me@example.org", password="a password") as made:
        yield made


@pytest.fixture
def client(server: CentralServer) -> Client:
    return Client(server.url)


def test_the_same_seed_is_the_same_survey() -> None:
    one, other, third = (
        [(each.instance, each.created, each.values, each.attachments) for each in made.submissions("household")]
        for made in (household_data(seed=3), household_data(seed=3), household_data(seed=4))
    )
    assert one == other
    assert one != third


def test_pages_by_top_and_skip_are_those_by_the_next_link(client: Client) -> None:
    table = f"{FORM}.svc/Submissions"
    by_skip = [row for skip in range(0, 21, 6) for row in client.get(table, top=6, skip=skip)["value"]]
    page = client.get(table, top=6)
    by_link = page["value"]
    while "@odata.nextLink" in page and page["value"]:
        token = page["@odata.nextLink"].partition("skiptoken=")[2]
        page = client.get(table, top=6, skiptoken=unquote(token))
        by_link += page["value"]
    assert by_skip == by_link == client.get(table)["value"]
    dates = [row["__system"]["submissionDate"] for row in by_skip]
    assert dates == sorted(dates, reverse=True)


def test_expanded_repeats_are_the_rows_of_their_tables(client: Client) -> None:
    submissions = client.get(f"{FORM}.svc/Submissions", expand="*")["value"]
    members = [member for each in submissions for member in each.get("members", [])]
    alone = client.get(f"{FORM}.svc/Submissions.members")["value"]
    assert [each["__id"] for each in members] == [each["__id"] for each in alone]
    assert {each["__Submissions-id"] for each in alone} <= {each["__id"] for each in submissions}


def test_deleted_submissions_are_there_only_for_filters_that_speak_of_deletion(
    server: CentralServer, client: Client
) -> None:
    gone = server.data.submissions("household")[4].instance
    server.data.delete("household", gone)
    table = f"{FORM}.svc/Submissions"
    assert gone not in [
        row["__id"] for row in client.get(table, filter="__system/submissionDate ge 2000-01-01")["value"]
    ]
    found = client.get(table, filter="__system/deletedAt ge 2026-01-31T12:00:00.000Z", select="__id,__system")["value"]
    assert [row["__id"] for row in found] == [gone]
    assert set(found[0]) == {"__id", "__system"}


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("__system/edits gt 1", "501.5"),
        ("__system/updatedAt over 3", "400.18"),
        ("(__system/updatedAt eq null", "400.18"),
    ],
)
def test_filters_that_central_refuses_are_refused(expression: str, code: str) -> None:
    with pytest.raises(FilterError) as refused:
        predicate(expression)
    assert refused.value.code == code


def test_filters_combine_as_odata_says(server: CentralServer) -> None:
    submissions = server.data.submissions("household")

    def chosen(expression: str) -> int:
        return sum(map(predicate(expression), submissions))

    day = "2026-01-06T00:00:00.000Z"
    late, edited = f"__system/submissionDate ge {day}", "__system/updatedAt ne null"
    assert chosen(f"{late} and not ({edited})") + chosen(f"{late} and {edited}") == chosen(late)
    assert chosen(f"{edited} or {late} and {edited}") == chosen(edited)
    assert chosen(f"not {late}") == chosen(f"__system/submissionDate lt {day}")


def test_problems_have_centrals_codes(server: CentralServer, client: Client) -> None:
    with pytest.raises(urllib.error.HTTPError, match="401"):
        Client(server.url, "another password")
    assert client.status("/v1/projects/1/forms/nowhere") == (404, "404.1")
    assert client.status("/v1/projects/2/forms/household") == (404, "404.1")
    assert client.status(f"{FORM}.svc/Submissions.nothing") == (404, "404.1")
    server.service.tokens.clear()
    assert client.status(FORM) == (401, "401.2")


def test_the_program_tells_where_it_is_and_ends_with_its_record(tmp_path: Path) -> None:
    record = tmp_path / "odk.json"
    environment = {**os.environ, "ODK_USERNAME": "me@example.org", "ODK_PASSWORD": "a password"}
    command = [sys.executable, "-m", "local.odk_server", "--record", str(record), "--submissions", "5"]
    process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        place = json.loads(process.stdout.readline())
        written = ProcessRecord.read(record)
        assert written
        assert (written.pid, written.serves["url"]) == (process.pid, place["url"])
        assert place["url"].startswith("http://127.0.0.1:")
        rows = Client(place["url"]).get(f"{FORM}.svc/Submissions", count="true")
        assert rows["@odata.count"] == len(rows["value"]) > 0
        record.unlink()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.communicate()


def test_the_program_wants_credentials_in_its_environment(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "local.odk_server", "--record", str(tmp_path / "odk.json")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ODK_")}
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "ODK_USERNAME and ODK_PASSWORD" in done.stderr
