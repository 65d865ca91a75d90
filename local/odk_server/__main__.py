"""`python -m local.odk_server --record FILE`: serve the household survey until the record file goes, or SIGTERM.

The record is a pid file (local/processes.py): it tells the port, and the server ends when it is removed or names
another process. ODK_USERNAME and ODK_PASSWORD say who may log in: in the environment, since command lines are public.
"""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from ..processes import ProcessRecord, start_identity
from .demo import HOUSEHOLD, household_data
from .faults import Faults
from .server import CentralServer

WATCH_SECONDS = 1.0


def main() -> int:
    """Serve; prints one line of JSON that says where, and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local.odk_server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--record", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--submissions", type=int, default=120)
    parser.add_argument("--days", type=int, default=14, help="over how many days they came in")
    parser.add_argument("--faults", type=float, default=0.0, help="the share of requests that fail, 0 to 1")
    arguments = parser.parse_args()
    username, password = os.environ.get("ODK_USERNAME"), os.environ.pop("ODK_PASSWORD", None)
    if not username or not password:
        sys.stderr.write("Error: ODK_USERNAME and ODK_PASSWORD say who may log in: set them.\n")
        return 2
    data = household_data(seed=arguments.seed, submissions=arguments.submissions, days=arguments.days)
    faults = Faults(share=arguments.faults, seed=arguments.seed)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with CentralServer(data, username=username, password=password, faults=faults, port=arguments.port) as server:
        place = {"url": server.url, "project": data.project, "forms": [HOUSEHOLD.id]}
        record = ProcessRecord(os.getpid(), start_identity(os.getpid()), server.port, {"url": server.url})
        record.write(arguments.record)
        sys.stdout.write(json.dumps(place) + "\n")
        sys.stdout.flush()
        while not stop.wait(WATCH_SECONDS):
            found = ProcessRecord.read(arguments.record)
            if found is None or found.pid != os.getpid():
                break
    return 0


if __name__ == "__main__":
    sys.exit(main())
