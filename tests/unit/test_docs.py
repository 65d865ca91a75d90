"""The documents say what is so: their examples run, their commands exist, their links lead somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.policy.harness import check, record
from tests.unit.programs import CONFIG, ROOT
from tests.unit.test_every_component import example

DOCUMENTS = sorted(
    str(path.relative_to(ROOT))
    for folder in (".", "components", "docs", "examples", "handlers", "policies", "local", "cli", "bench")
    for path in ((ROOT / folder).glob("*.md") if folder == "." else (ROOT / folder).rglob("*.md"))
)


def text_of(document: str) -> str:
    return (ROOT / document).read_text("utf-8")


def test_the_readmes_example_is_a_program_that_the_policy_pack_accepts() -> None:
    resources = record(example("README.md"), project="sales", stack="dev", config=CONFIG)
    assert [violation.message for violation in check(resources)] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_make_target_that_a_document_names_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]*)", text_of(document), flags=re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_a_file_leads_to_one(document: str) -> None:
    folder = (ROOT / document).parent
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text_of(document))]
    files = [link for link in links if link and not re.match(r"https?:|mailto:|\.\./\.\./actions/", link)]
    assert [link for link in files if not (folder / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_a_document_names_by_its_path_exists(document: str) -> None:
    tops = "bench|cli|components|datasets|docs|examples|handlers|local|policies|schemas|tests"
    named = re.findall(rf"`((?:{tops})/[\w./-]+\.(?:py|md|json|yaml|toml|yml))`", text_of(document))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_no_file_names_this_machine_or_a_registry() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()
    private = re.compile(r"/root/|/work/|/opt/wheels|proxy\.golang\.org|pypi\.org/simple|registry\.npmjs\.org")
    here = str(Path(__file__).relative_to(ROOT))
    found = [name for name in tracked if name != here and private.search(_read(ROOT / name))]
    assert found == []


def _read(path: Path) -> str:
    return path.read_text("utf-8", errors="ignore") if path.is_file() else ""
