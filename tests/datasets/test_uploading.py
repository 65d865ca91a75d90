"""Files into data sets, by connections that break off."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from cli.datasets import uploading
from handlers.api.uploads import bodies

from .command import refused, run
from .conftest import Portal
from .documents import IN_PROGRESS

UPLOADS = "/datasets/orders/uploads"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of three parts, which are short here."""
    monkeypatch.setattr(uploading, "PART_BYTES", 10)
    monkeypatch.setattr("cli.datasets.uploading.time.sleep", lambda _: None)
    made = tmp_path / "orders.csv"
    made.write_bytes(b"0123456789abcdefghijXYZ")
    return made


def uploads(portal: Portal, content: bytes, *arrived: int, status: str = "committed") -> None:
    """Have the API take an upload, of which some parts have arrived."""
    parts = []
    for number, start in enumerate(range(0, len(content), 10), start=1):
        part = content[start : start + 10]
        digest = hashlib.sha256(part)
        parts.append(
            {
                "number": number,
                "size": len(part),
                "sha256": digest.hexdigest(),
                "is_uploaded": number in arrived,
                "url": f"{portal.url}/s3/{number}",
                "headers": {"x-amz-checksum-sha256": base64.b64encode(digest.digest()).decode()},
            }
        )
    pending = {"id": "u1", "name": "orders.csv", "status": "pending", "parts": parts, "outcome": None}
    over = {**pending, "status": status, "outcome": {"rows": 3, "rejected_rows": 0, "reason": None}}
    portal.answer(f"POST {UPLOADS}", (201, pending))
    portal.answer(f"GET {UPLOADS}/u1", pending, {**pending, "status": "uploaded"}, over)
    portal.answer(f"POST {UPLOADS}/u1/complete", {**pending, "status": "uploaded"})


def test_a_file_is_sent_in_parts_and_followed_through_ingestion(portal: Portal, file: Path) -> None:
    uploads(portal, file.read_bytes())
    assert "orders.csv: committed, 3 rows" in run("upload", "orders", str(file)).output
    assert [portal.files[f"/s3/{number}"] for number in (1, 2, 3)] == [b"0123456789", b"abcdefghij", b"XYZ"]
    sent = json.loads(portal.requests("POST", UPLOADS)[0][1])
    assert (sent["name"], sent["size"], len(sent["sha256"])) == ("orders.csv", 23, 3)


def test_the_same_command_goes_on_where_it_ended(portal: Portal, file: Path) -> None:
    uploads(portal, file.read_bytes(), 1, 3)
    assert run("upload", "orders", str(file)).exit_code == 0
    assert set(portal.files) == {"/s3/2"}


def test_an_upload_outlives_its_token_and_an_answer_that_was_lost(portal: Portal, file: Path) -> None:
    portal.given = ["first", "second"]
    uploads(portal, file.read_bytes())
    done = portal.answers[f"POST {UPLOADS}/u1/complete"]
    portal.answers[f"POST {UPLOADS}/u1/complete"] = [(401, {}), (504, {}), IN_PROGRESS, *done]
    assert "orders.csv: committed" in run("upload", "orders", str(file)).output
    asked = [headers for headers, _ in portal.requests("POST", f"{UPLOADS}/u1/complete")]
    assert [headers["Authorization"] for headers in asked] == ["Bearer first", *["Bearer second"] * 3]
    assert len({headers["Idempotency-Key"] for headers in asked}) == 1


def test_the_same_file_is_the_same_upload_unless_it_is_sent_again(portal: Portal, file: Path) -> None:
    for arguments in ([], [], ["--again"]):
        uploads(portal, file.read_bytes())
        run("upload", "orders", str(file), *arguments)
    keys = [headers["Idempotency-Key"] for headers, _ in portal.requests("POST", UPLOADS)]
    assert keys[0] == keys[1] != keys[2]


def test_a_part_that_is_refused_is_sent_again_with_a_new_address(portal: Portal, file: Path) -> None:
    uploads(portal, file.read_bytes())
    portal.answers[f"GET {UPLOADS}/u1"].insert(1, portal.answers[f"GET {UPLOADS}/u1"][0])
    portal.breaks_off["/s3/2"] = 1
    assert run("upload", "orders", str(file)).exit_code == 0
    assert portal.files["/s3/2"] == b"abcdefghij"


def test_a_file_that_cannot_be_ingested_fails_the_command_and_says_why(portal: Portal, file: Path) -> None:
    uploads(portal, file.read_bytes(), status="quarantined")
    reason = {"code": "wrong-columns", "message": "Missing columns: id"}
    status, over = portal.answers[f"GET {UPLOADS}/u1"][-1]
    portal.answers[f"GET {UPLOADS}/u1"][-1] = (status, {**over, "outcome": {"rows": None, "reason": reason}})
    done = run("upload", "orders", str(file))
    assert done.exit_code == 1
    assert "wrong-columns: Missing columns: id" in done.output


def test_an_empty_file_is_not_sent(portal: Portal, tmp_path: Path) -> None:
    (tmp_path / "none.csv").touch()
    assert "is empty" in refused(run("upload", "orders", str(tmp_path / "none.csv"))).message
    assert portal.requests("POST", UPLOADS) == []


def test_files_are_divided_as_the_api_divides_them() -> None:
    assert uploading.PART_BYTES == bodies.PART_BYTES
