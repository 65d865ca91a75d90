"""A survey's server for the exercise alone: between two exports it changes in every way that the export has a path for.

A file that goes to the lake in parts, and breaks off once in the middle; a submission that is new, one that is edited,
one that is deleted.
"""

import contextlib
import json
import random
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ...aws import Clients
from ...odk_server.data import CentralData
from ...odk_server.demo import HOUSEHOLD, household_data, household_values
from ...odk_server.faults import BrokenOff, Fault, Faults
from ...odk_server.server import CentralServer
from ...stage.survey import SECRET, USERNAME

SUBMISSIONS = 12
LARGE = "large.png"
LARGE_BYTES = 24 * 1024**2
BREAKS_OFF_AFTER = 20 * 1024**2


class _BreaksOffOnce(Faults):
    """The first time that the large file is asked for, the connection ends after two of its parts."""

    def __init__(self) -> None:
        super().__init__()
        self._broken = False

    def next(self, request: str) -> Fault | None:
        if request.endswith(f"/{LARGE}") and not self._broken:
            self._broken = True
            return BrokenOff(BREAKS_OFF_AFTER)
        return super().next(request)


class Survey:
    """What the server has, if the stack exports a survey."""

    def __init__(self, data: CentralData | None) -> None:
        self._data = data

    def change(self) -> None:
        """Do everything that a next export has to follow."""
        if self._data is None:
            return
        edited, deleted, *_ = [each for each in self._data.submissions(HOUSEHOLD.id) if each.deleted is None]
        self._data.edit(HOUSEHOLD.id, edited.instance, {**edited.values, "district": "Bo"})
        self._data.delete(HOUSEHOLD.id, deleted.instance)
        chance, now = random.Random(SECRET), datetime.now(UTC)  # noqa: S311 - made up data, not a secret
        values = {**household_values(chance, "uuid:large", now), "photo": LARGE}
        self._data.submit(HOUSEHOLD.id, values, attachments={LARGE: chance.randbytes(LARGE_BYTES)})


@contextlib.contextmanager
def exercised_survey(clients: Clients, outputs: Mapping[str, Any]) -> Iterator[Survey]:
    """Serve it, and point the stack's secret to it; without that secret there is nothing to export."""
    arn = dict(outputs.get("secrets") or {}).get(SECRET)
    if arn is None:
        yield Survey(None)
        return
    data = household_data(submissions=SUBMISSIONS)
    login = {"username": USERNAME, "password": secrets.token_urlsafe(18)}
    faults = _BreaksOffOnce()
    with CentralServer(data, username=USERNAME, password=login["password"], faults=faults) as server:
        clients("secretsmanager").put_secret_value(SecretId=arn, SecretString=json.dumps({"url": server.url, **login}))
        yield Survey(data)
