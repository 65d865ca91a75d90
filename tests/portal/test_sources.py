"""The page's files hold nothing that nothing uses: there is no build that would leave it out."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "portal"
_EXPORTED = re.compile(r"^export (?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_IMPORTED = re.compile(r"^import \{([^}]*)\}", re.MULTILINE)


def sources(pattern: str) -> dict[str, str]:
    found = {str(path.relative_to(FOLDER)): path.read_text("utf-8") for path in sorted(FOLDER.rglob(pattern))}
    assert found
    return found


def test_every_export_is_imported_and_every_import_used() -> None:
    scripts = sources("*.js")
    imported = {
        file: [name.strip() for name in ",".join(_IMPORTED.findall(text)).split(",")] for file, text in scripts.items()
    }
    wanted = {name for names in imported.values() for name in names}
    assert [
        (file, name) for file, text in scripts.items() for name in _EXPORTED.findall(text) if name not in wanted
    ] == []
    assert [
        (file, name)
        for file, names in imported.items()
        for name in filter(None, names)
        if len(re.findall(rf"\b{name}\b", scripts[file])) < 2
    ] == []


def test_every_variable_of_the_styles_is_defined_and_used() -> None:
    text = "".join(sources("*.css").values())
    assert set(re.findall(r"var\((--[\w-]+)", text)) == set(re.findall(r"^\s*(--[\w-]+):", text, re.MULTILINE))
