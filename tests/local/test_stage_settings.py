"""A project's files are read and never written."""

from pathlib import Path

import pytest
import yaml

from local.errors import USAGE, StageError
from local.stage.settings import SECRET_STAND_IN, read_settings
from local.workspace import find_project

from .stage_projects import make_project

SECRETS = """  small:password: {secure: v1:abc}
  small:database:
    user: reader
    keys: [{secure: v1:def}]
encryptionsalt: v1:xyz
secretsprovider: awskms://alias/state
"""


def test_secrets_of_another_key_become_stand_ins_that_are_named(tmp_path: Path) -> None:
    make_project(tmp_path, config=SECRETS)
    settings = read_settings(tmp_path, "local")
    assert settings.hidden_secrets == ("small:password", "small:database.keys[0]")
    assert settings.stack_document == {
        "config": {
            "aws:region": "eu-central-1",
            "small:password": SECRET_STAND_IN,
            "small:database": {"user": "reader", "keys": [SECRET_STAND_IN]},
        }
    }


def test_the_copies_hold_the_config_and_the_originals_stay(tmp_path: Path) -> None:
    make_project(tmp_path / "project", config=SECRETS)
    before = {file.name: file.read_bytes() for file in (tmp_path / "project").glob("Pulumi*.yaml")}
    read_settings(tmp_path / "project", "local").write_copies(tmp_path / "copies")
    copied = yaml.safe_load((tmp_path / "copies" / "Pulumi.local.yaml").read_text())
    assert copied["config"]["aws:region"] == "eu-central-1"
    assert {file.name: file.read_bytes() for file in (tmp_path / "project").glob("Pulumi*.yaml")} == before


def test_an_unknown_stack_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "Pulumi.prod.yaml").write_text("")
    with pytest.raises(StageError, match="no stack `production`") as refused:
        read_settings(tmp_path, "production")
    assert "local, prod" in refused.value.fix
    assert refused.value.exit_code == USAGE


def test_the_emulated_account_is_the_one_the_stack_is_pinned_to(tmp_path: Path) -> None:
    make_project(tmp_path, config='  aws:allowedAccountIds: ["123456789012"]\n')
    assert read_settings(tmp_path, "local").account == "123456789012"


@pytest.mark.parametrize(("content", "said"), [("config: [", "is no YAML"), ("- a", "must hold a mapping")])
def test_a_stack_file_that_makes_no_sense_is_named(content: str, said: str, tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "Pulumi.local.yaml").write_text(content)
    with pytest.raises(StageError, match=f"Pulumi.local.yaml {said}"):
        read_settings(tmp_path, "local")


def test_the_project_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    make_project(tmp_path)
    (tmp_path / "docs" / "deep").mkdir(parents=True)
    assert find_project(tmp_path / "docs" / "deep") == tmp_path.resolve()


def test_no_project_is_an_error_that_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(StageError, match=r"no Pulumi\.yaml") as refused:
        find_project(tmp_path)
    assert "--project" in refused.value.fix


def test_a_config_that_is_too_large_for_a_policy_pack_is_refused_with_the_way_out(tmp_path: Path) -> None:
    make_project(tmp_path, config=f"  small:datasets: [{'x' * 130_000}]\n")
    with pytest.raises(StageError, match="cannot give a policy pack more than") as refused:
        read_settings(tmp_path, "local")
    assert "datasets/*.yaml" in str(refused.value.fix)
