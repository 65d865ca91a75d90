"""What statistics of a column have in common, whether ingestion or Athena computes them."""

from __future__ import annotations

QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
TEXT_CHARACTERS = 256
"""After as many, the least and the greatest text are cut."""
