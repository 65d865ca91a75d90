"""What the component tests share: handler archives, as a build leaves them."""

from pathlib import Path

import pytest

from components.compute import artifacts as found
from tests.unit.programs import artifacts


@pytest.fixture(autouse=True)
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    artifacts(tmp_path)
    monkeypatch.setenv(found.VARIABLE, str(tmp_path))
    return tmp_path
