"""What the files of an object are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .problems import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

# An object's item lists its files, and may be 400 KB.
MOST_FILES = 1_000
MOST_NAME_BYTES = 120_000


def file_names(prefix: str, stem: str, paths: Iterable[str]) -> list[str]:
    """Return the keys of an object's files: the same for the same version and definition, distinct from all others.

    Raises:
        Unreadable: there are so many that the files would be tiny and their names would not fit in an item.

    """
    taken: dict[str, int] = {}
    names = []
    for path in paths:
        folder = f"{prefix}{path}/" if path else prefix
        number = taken[folder] = taken.get(folder, -1) + 1
        names.append(f"{folder}{stem}-{number}.parquet")
    if len(names) > MOST_FILES or sum(len(name.encode()) for name in names) > MOST_NAME_BYTES:
        message = (
            f"The file falls into {len(names):,} partitions, more than {MOST_FILES:,} or with very long names; so many "
            "small files make every query slow. Partition the data set by columns with fewer values."
        )
        raise Unreadable("too-many-partitions", message)
    return names
