"""The port of the emulated AWS: chosen, or explained when somebody else has it."""

import os
import socket
from collections.abc import Iterator

import pytest

from local.emulator import ports
from local.errors import USAGE, StageError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


def test_a_port_in_use_names_who_has_it_and_how_to_choose_another(taken: int) -> None:
    with pytest.raises(
        StageError, match=f"Port {taken} on 127.0.0.1 is in use by process {os.getpid()}: .*python"
    ) as told:
        ports.take_port(taken)
    assert "WATERSHED_PORT=4600 make up" in told.value.fix


def test_port_zero_gives_a_free_one() -> None:
    port = ports.take_port(0)
    assert port > 1024
    assert ports.take_port(port) == port


def test_the_default_port_is_used_where_none_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATERSHED_PORT", raising=False)
    assert ports.requested_port() == ports.DEFAULT_PORT


@pytest.mark.parametrize("asked", ["http", "-1", "70000", "4566.0"])
def test_what_is_no_port_is_refused(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATERSHED_PORT", asked)
    with pytest.raises(StageError, match="which is no port") as refused:
        ports.requested_port()
    assert refused.value.exit_code == USAGE
