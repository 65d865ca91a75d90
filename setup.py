"""Map the repository's top folders to one installed package: `components` becomes `watershed.components`, and so on.

All else of the packaging stands in pyproject.toml; this part needs a loop, which TOML has not.
"""

from setuptools import find_namespace_packages, setup

SIBLINGS = ("cli", "components", "handlers", "local", "policies", "portal")


def packages_of(sibling: str) -> list[str]:
    """Every folder of a sibling, those that hold only data too, by its installed name."""
    inner = find_namespace_packages(sibling, exclude=["*__pycache__*", ".*"])
    return [f"watershed.{sibling}", *(f"watershed.{sibling}.{package}" for package in inner)]


setup(
    package_dir={"watershed": "src/watershed", **{f"watershed.{sibling}": sibling for sibling in SIBLINGS}},
    packages=["watershed", *(package for sibling in SIBLINGS for package in packages_of(sibling))],
)
