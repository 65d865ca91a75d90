"""`watershed policies`: what the rules demand, and what they say of a stack."""

import datetime as dt
import difflib
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .siblings import sibling

policies = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="The policies: list and explain the rules, check a stack offline.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document on standard output.")]


class Format(StrEnum):
    """How `check` tells what it found."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


@policies.command("list")
def list_rules(
    service: Annotated[str, typer.Option("--service", help="Only the rules of one service, such as s3.")] = "",
    as_json: AsJson = False,
) -> None:
    """List every rule: what it demands, how bad it is to break it, in which profile it runs."""
    known = sorted(_rules().values(), key=lambda rule: rule.id)
    services = sorted({rule.service for rule in known})
    if service and service not in services:
        raise typer.BadParameter(f"no rule is for {service!r}; known: {', '.join(services)}", param_hint="--service")
    chosen = [rule for rule in known if service in ("", rule.service)]
    if as_json:
        _write([_described(rule) for rule in chosen])
        return
    from .policy_reports.tables import show_rules

    show_rules(chosen)


@policies.command()
def explain(
    rule: Annotated[str, typer.Argument(help="The rule's id, such as S3-TLS-ONLY.")], as_json: AsJson = False
) -> None:
    """Explain one rule: what it demands and why, who else asks for it, and how to exempt a resource from it."""
    known = _rules()
    id_ = rule.upper()
    if id_ not in known:
        near = difflib.get_close_matches(id_, known, n=3, cutoff=0.5)
        hint = f"; did you mean {', '.join(near)}?" if near else "; `watershed policies list` shows all"
        raise typer.BadParameter(f"there is no rule {rule!r}{hint}", param_hint="RULE")
    described = {**_described(known[id_]), **_examples().get(id_, {})}
    if as_json:
        _write(described)
        return
    from .policy_reports.tables import show_rule

    show_rule(described)


@policies.command()
def check(
    stack: Annotated[str, typer.Argument(help="The stack: its settings are Pulumi.<stack>.yaml.")] = "local",
    project: Annotated[
        Path, typer.Option("--project", "-p", help="The folder of the Pulumi project.", file_okay=False)
    ] = Path(),
    format_: Annotated[
        list[Format] | None, typer.Option("--format", help="How to tell what was found; again for another file.")
    ] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="Write the --format to this file, and show the table.", dir_okay=False),
    ] = None,
    no_build: Annotated[bool, typer.Option("--no-build", help="Take the functions as they were built last.")] = False,
    as_json: AsJson = False,
) -> None:
    """Preview a stack offline with the policies, and tell the findings and exemptions.

    Exit code 3 if something stops the deploy, 1 if the preview breaks off before everything is judged.
    """
    from .errors import FAILED, POLICY
    from .local import preview_report
    from .policy_reports import findings

    formats = [Format.JSON] if as_json else format_ or [Format.TABLE]
    files = output or []
    _check_formats(formats, files)
    from .progress import console_progress

    with console_progress() as progress:
        folder, report = preview_report(project, stack, progress, no_build=no_build, any_type=True)
    found = findings.read(report, dt.datetime.now(dt.UTC).date())
    _tell(found, formats, files, folder)
    if found.errors:
        raise typer.Exit(FAILED)
    if found.refused:
        raise typer.Exit(POLICY)


def _check_formats(formats: Sequence[Format], files: Sequence[Path]) -> None:
    if files and Format.TABLE in formats:
        raise typer.BadParameter("a file needs --format json, sarif, junit or markdown", param_hint="--output")
    if len(formats) != max(len(files), 1):
        raise typer.BadParameter(
            f"{len(formats)} --format for {len(files)} --output: name a file for each", param_hint="--output"
        )


def _tell(found: Any, formats: Sequence[Format], files: Sequence[Path], folder: Path) -> None:
    from .policy_reports import junit, markdown, sarif
    from .policy_reports.places import Places
    from .policy_reports.tables import show_check

    places = Places(folder, found.stack)
    texts: Mapping[Format, Callable[[], str]] = {
        Format.JSON: lambda: _json(found.as_document()),
        Format.SARIF: lambda: _json(sarif.document(found, _rules(), places)),
        Format.JUNIT: lambda: junit.document(found, _rules()),
        Format.MARKDOWN: lambda: markdown.document(found, places),
    }
    for file, wanted in zip(files, formats, strict=False):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(texts[wanted](), "utf-8")
    if files or formats == [Format.TABLE]:
        show_check(found)
    else:
        sys.stdout.write(texts[formats[0]]())


def _described(rule: Any) -> dict[str, Any]:
    grant = "      grant: <action> on <resource>, as the violation shows it\n" if rule.by_grant else ""
    return {
        "rule": rule.id,
        "demands": rule.title,
        "why": rule.why,
        "severity": str(rule.severity),
        "profile": str(rule.profile),
        "service": rule.service,
        "frameworks": list(rule.frameworks),
        "peers": list(rule.peers),
        "remediation": rule.remedies[0].does if rule.remedies else None,
        "exempt": "config:\n  watershed:exemptions:\n"
        f"    - rule: {rule.id}\n      resource: <its name or URN>\n{grant}"
        "      reason: <why>\n      owner: <who answers for it>\n      expires: <YYYY-MM-DD>",
    }


def _examples() -> Mapping[str, Mapping[str, str]]:
    folder = sibling("policies.watershed_policies.registry").__file__
    text = Path(str(folder)).with_name("examples.json").read_text("utf-8")
    examples: Mapping[str, Mapping[str, str]] = json.loads(text)
    return examples


def _rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = sibling("policies.watershed_policies.registry").load().rules
    return rules


def _write(document: Any) -> None:
    sys.stdout.write(_json(document))


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
