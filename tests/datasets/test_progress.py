"""The bars of transfers, as a terminal shows them."""

import io

import pytest
from rich.console import Console

from cli.datasets import progress


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Console:
    made = Console(file=io.StringIO(), force_terminal=True, width=140)
    monkeypatch.setattr(progress, "Console", lambda **_: made)
    return made


def lines(terminal: Console) -> list[str]:
    """What stood there at last, line by line, before it was wiped away."""
    shown: io.StringIO = terminal.file  # type: ignore[assignment]
    frames = [frame.splitlines() for frame in shown.getvalue().split("\x1b[2K")]
    return [[line for line in frame if "━" in line] for frame in frames if "━" in "".join(frame)][-1]


def test_what_is_waited_for_is_one_line_that_changes(terminal: Console) -> None:
    with progress.transfer() as transfer:
        for state in ("queued", "running"):
            transfer.doing(state)
    assert [line.split()[0] for line in lines(terminal)] == ["running"]


def test_each_stage_of_a_file_has_a_bar_by_its_name(terminal: Console) -> None:
    with progress.transfer() as transfer:
        tell = transfer.of("[a].csv", 2_000)
        tell("checksum", 2_000)
        tell("sending", 500)
        tell("sending", 500)
    shown = lines(terminal)
    assert [line.split()[:2] for line in shown] == [["[a].csv:", "checksum"], ["[a].csv:", "sending"]]
    assert "2.0/2.0 kB" in shown[0]
    assert "1.0/2.0 kB" in shown[1]
