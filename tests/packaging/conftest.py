"""Built once a test session: the wheel, a clean environment with it, and the artefacts of both targets."""

from typing import TYPE_CHECKING

import pytest

from cli.packaging import TARGETS, Build, Target, build_artifacts

from .installation import Distributions, Installation, build_distributions, install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Distributions:
    return build_distributions(tmp_path_factory.mktemp("distributions"))


@pytest.fixture(scope="session")
def installation(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return install(distributions.wheel, tmp_path_factory.mktemp("installation"))


@pytest.fixture(scope="session")
def builds(tmp_path_factory: pytest.TempPathFactory) -> dict[Target, Build]:
    folder: Path = tmp_path_factory.mktemp("artifacts")
    return {target: build_artifacts(target, folder / target, folder) for target in TARGETS}
