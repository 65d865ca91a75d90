"""TCP ports on the loopback address: which one to use, and who has it."""

import json
import os
import socket
import urllib.error
import urllib.request
from pathlib import Path

from ..errors import USAGE, StageError
from ..processes import command_line
from .launcher import IDENTITY_PATH

DEFAULT_PORT = 4566


def requested_port() -> int:
    """Return the port that WATERSHED_PORT asks for (`0`: any free one), or the default."""
    asked = os.environ.get("WATERSHED_PORT", "").strip()
    if not asked:
        return DEFAULT_PORT
    if not asked.isdigit() or int(asked) > 65535:
        raise StageError(
            f"WATERSHED_PORT is {asked!r}, which is no port.",
            fix="Give a number up to 65535, or 0 for any free port: WATERSHED_PORT=4600 make up",
            exit_code=USAGE,
        )
    return int(asked)


def take_port(port: int) -> int:
    """Return `port` if nobody listens on it (a free one for 0), or say who does and how to choose another."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise StageError(
                f"Port {port} on 127.0.0.1 is in use by {describe_owner(port)} ({error.strerror}).",
                fix="Choose another one, WATERSHED_PORT=4600 make up (0 for any free one), or stop what uses it.",
            ) from None
        return int(probe.getsockname()[1])


def describe_owner(port: int) -> str:
    """Return who listens on a port, in words."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{IDENTITY_PATH}", timeout=2) as answer:
            project = json.load(answer)["project"]
            return f"the local stage of {project} (`make down` there stops it)"
    except (OSError, ValueError, KeyError, TypeError, urllib.error.URLError):
        pass
    pid = _listener(port)
    if pid is None:
        return "another program"
    command = command_line(pid)
    return f"process {pid}" + (f": {command[:100]}" if command else "")


def _listener(port: int) -> int | None:
    """Return the process that listens on a port, where /proc tells and we may look."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not Path(table).exists():
            continue
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    if not inodes:
        return None
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if str(descriptor.readlink()) in inodes:
                return int(descriptor.parts[2])
        except OSError:
            continue
    return None
