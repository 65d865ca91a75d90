"""What `up`, `status` and `preview` print: what one needs next, and little when nothing changed."""

from typing import Any

import pytest

from cli.render import show_preview, show_status, show_up
from local.aws import Clients
from local.stage.metadata import list_datasets
from local.stage.query import Answer
from local.stage.reports import LoadedSample, PolicyResult, PreviewReport, StatusReport, UpReport
from local.stage.resources import ComponentCount
from local.stage.signing_in import SigningIn

OUTPUTS = {
    "lake": {"raw": "lake-raw-1", "curated": "lake-curated-2"},
    "quarantine": "lake-quarantine-3",
    "databases": {"curated": "database_curated"},
    "athenaWorkgroup": "queries-4",
    "metadataTable": "metadata-5",
    "functions": {"ingest": "function-6"},
}
NAMES = (
    *("lake-raw-1", "lake-curated-2", "lake-quarantine-3", "database_curated"),
    *("queries-4", "metadata-5", "function-6"),
)
FLIGHTS = {"dataset": "flights", "rows": 336_776, "objects": 21, "quarantined": 43, "rejected_rows": 65, "owner": "ops"}
STORE = ComponentCount("Store", emulated=2, recorded=1, types={"aws:s3/bucket:Bucket": 3})
SIGNING_IN = SigningIn("http://127.0.0.1:1/api", "http://127.0.0.1:1/_portal/", "demo@example.com", "[bold]x")
PASSED = PolicyResult({"small": "1.0"}, 3, [], [], [])


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def up_report(*, unchanged: bool, signing_in: SigningIn | None = None) -> UpReport:
    answer = Answer("flights per carrier", "SELECT", ["carrier", "flights"], [["UA", "58665"]], "1")
    sample = LoadedSample("flights", not unchanged, answer, FLIGHTS)
    return UpReport(
        *("small", "/nowhere", "local", "http://127.0.0.1:1", "eu-central-1", "000000000000"),
        unchanged=unchanged,
        changes={},
        policy=PASSED,
        components=[STORE],
        outputs=OUTPUTS,
        samples=[sample],
        datasets=[FLIGHTS],
        signing_in=signing_in,
    )


def status_report(signing_in: SigningIn | None = None) -> StatusReport:
    return StatusReport(
        *("/nowhere", "running", "dev", "000000000000", "eu-central-1", "http://127.0.0.1:1", 7),
        components=[STORE],
        outputs=OUTPUTS,
        datasets=[FLIGHTS, {**FLIGHTS, "dataset": "planes", "rows": 9}],
        signing_in=signing_in,
    )


def line_of(printed: str, word: str) -> list[str]:
    (line,) = (line for line in printed.splitlines() if line.startswith(f"│ {word} "))
    return [cell.strip() for cell in line.strip("│").split("│")]


@pytest.mark.parametrize("unchanged", [True, False])
def test_up_prints_each_name_whole(unchanged: bool, capsys: pytest.CaptureFixture[str]) -> None:
    show_up(up_report(unchanged=unchanged))
    printed = capsys.readouterr().out
    assert [name for name in NAMES if name not in printed] == []
    assert "http://127.0.0.1:1" in printed


def signing_in_lines(printed: str) -> list[list[str]]:
    """The labels and values of the panel that says with what to sign in."""
    _, found, rest = printed.partition("─ Data sets for people: a demo user of this machine ─")
    panel = rest.partition("╰")[0].splitlines()[1:] if found else []
    return [line.strip("│ ").rsplit(maxsplit=1) for line in panel]


@pytest.mark.parametrize("unchanged", [True, False])
def test_up_and_status_say_with_what_to_sign_in(unchanged: bool, capsys: pytest.CaptureFixture[str]) -> None:
    told = [
        ["portal", "http://127.0.0.1:1/_portal/"],
        ["API", "http://127.0.0.1:1/api"],
        ["sign in as", "demo@example.com"],
        ["password", "[bold]x"],
    ]
    show_up(up_report(unchanged=unchanged, signing_in=SIGNING_IN))
    assert signing_in_lines(capsys.readouterr().out) == told
    show_status(status_report(SIGNING_IN))
    assert signing_in_lines(capsys.readouterr().out) == told


def test_what_a_stack_lacks_to_sign_in_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    show_up(up_report(unchanged=False, signing_in=SigningIn("http://127.0.0.1:1/api", None, None, None)))
    assert signing_in_lines(capsys.readouterr().out) == [["API", "http://127.0.0.1:1/api"]]
    show_up(up_report(unchanged=False))
    show_status(status_report())
    printed = capsys.readouterr().out
    assert "Deployed (small/local" in printed
    assert "demo user" not in printed
    assert "password" not in printed


def test_an_unchanged_up_is_told_shortly(capsys: pytest.CaptureFixture[str]) -> None:
    show_up(up_report(unchanged=True))
    printed = capsys.readouterr().out
    assert "Policies: passed (small 1.0" in printed
    assert line_of(printed, "flights")[:5] == ["flights", "336,776", "21", "43", "65"]
    assert "Nothing to change (small/local" in printed
    assert "All resources: watershed local status" in printed
    assert "Store" not in printed
    assert "UA" not in printed


def test_a_deploy_is_told_with_all_tables(capsys: pytest.CaptureFixture[str]) -> None:
    show_up(up_report(unchanged=False))
    printed = capsys.readouterr().out
    assert line_of(printed, "Store")[:3] == ["Store", "2", "1"]
    assert line_of(printed, "UA") == ["UA", "58,665"]
    assert "Metadata of flights" in printed
    assert "Deployed (small/local" in printed


def test_status_names_the_stack_and_has_a_line_for_each_data_set(capsys: pytest.CaptureFixture[str]) -> None:
    show_status(status_report())
    printed = capsys.readouterr().out
    assert "the stack dev is up at http://127.0.0.1:1 (process 7)" in printed
    assert line_of(printed, "flights")[1] == "336,776"
    assert line_of(printed, "planes")[1] == "9"
    assert [name for name in NAMES if name not in printed] == []
    assert "Metadata of" not in printed


def test_status_shows_all_that_is_known_of_one_data_set(capsys: pytest.CaptureFixture[str]) -> None:
    show_status(status_report(), "flights")
    printed = capsys.readouterr().out
    assert "Metadata of flights" in printed
    assert line_of(printed, "owner") == ["owner", "ops"]
    assert "Metadata of planes" not in printed
    show_status(status_report(), "trains")
    assert "Nothing is known of a data set trains" in capsys.readouterr().out


def test_a_preview_says_nothing_of_an_emulator(capsys: pytest.CaptureFixture[str]) -> None:
    show_preview(PreviewReport("small", "dev", {"create": 3}, PASSED, [STORE], [], [], 1.0))
    printed = capsys.readouterr().out
    assert line_of(printed, "Store")[:2] == ["Store", "3"]
    assert "emulated" not in printed
    assert "recorded" not in printed


def test_the_data_sets_are_found_by_the_index_and_nothing_else_is(clients: Clients) -> None:
    dynamodb = clients("dynamodb")
    table = "data-sets-to-list"
    keys = ("pk", "sk", "gsi2pk", "gsi2sk")
    dynamodb.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in keys],
        KeySchema=_keys("pk", "sk"),
        GlobalSecondaryIndexes=[
            {"IndexName": "by-name", "KeySchema": _keys("gsi2pk", "gsi2sk"), "Projection": {"ProjectionType": "ALL"}}
        ],
    )
    for name in ("planes", "flights"):
        key = {"pk": f"DATASET#{name}", "sk": "DATASET", "gsi2pk": "DATASET", "gsi2sk": name}
        item = {attribute: {"S": value} for attribute, value in key.items()} | {"rows": {"N": "12"}}
        dynamodb.put_item(TableName=table, Item=item)
    dynamodb.put_item(TableName=table, Item={"pk": {"S": "DATASET#planes"}, "sk": {"S": "OBJECT#a"}})
    listed = [(each["dataset"], each["rows"]) for each in list_datasets(clients, table)]
    assert listed == [("flights", 12), ("planes", 12)]


def _keys(partition: str, sort: str) -> list[dict[str, Any]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]
