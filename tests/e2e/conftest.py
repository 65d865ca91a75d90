"""What several end-to-end files use: `up` takes a minute."""

from collections.abc import Iterator

import pytest

from .served import Served, serve


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The shipped local stage with its API; files leave alone what is not theirs."""
    with serve(tmp_path_factory.mktemp("served")) as made:
        yield made
