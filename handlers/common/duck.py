"""DuckDB as functions and tasks run it: bounded memory, nothing downloaded, spilling to their own disk."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

# What Python, the AWS SDK and DuckDB's own code take beside the memory DuckDB accounts for (measured: 150 MB).
_RUNTIME_MEGABYTES = 192
_LEAST_MEGABYTES = 128


def connect(folder: Path, memory_megabytes: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that spills to `folder`; by default it takes what the function has left."""
    function = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"))
    megabytes = memory_megabytes or max(_LEAST_MEGABYTES, int((function - _RUNTIME_MEGABYTES) * 0.9))
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "memory_limit": f"{megabytes}MB",
        "temp_directory": str(folder / "spill"),
        "threads": os.cpu_count() or 1,
        # Rows need no order inside a file, and keeping one would hold row groups in memory.
        "preserve_insertion_order": False,
    }
    connection = duckdb.connect(config=config)
    connection.execute("SET TimeZone = 'UTC'")
    return connection
