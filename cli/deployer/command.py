"""`watershed deployer-policy`: what the role needs that GitHub Actions assumes to deploy a stack."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import POLICY, USAGE
from ..local import HERE, AsJson, NoBuild, Project, preview_report
from ..siblings import sibling
from .policy import DeployerPolicy, StateBackend, deployer_policy, size
from .statements import Deploy

StackName = Annotated[str, typer.Option("--stack", "-s", help="The stack that the role deploys.")]
Role = Annotated[str, typer.Option("--role", help="The role's name; without, <project>-<stack>-deployer.")]
Prefixes = Annotated[
    list[str] | None,
    typer.Option("--prefix", help="What the stack's names begin with (may be repeated); without, the project's name."),
]
ReadOnly = Annotated[bool, typer.Option("--read-only", help="For the role that only previews.")]
RolesBoundary = Annotated[
    str, typer.Option("--roles-boundary", help="ARN of the boundary that the stack's roles must have.")
]
StateBucket = Annotated[str, typer.Option("--state-bucket", help="The bucket of PULUMI_BACKEND_URL.")]
StateKey = Annotated[str, typer.Option("--state-key", help="ARN of the key of the stack's secrets.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write each document to a file in this folder.", file_okay=False)
]


class NamesError(ValueError):
    """Names that the policy, which knows the stack's resources by how their names begin, would not reach."""

    exit_code = USAGE

    def __init__(self, deploy: Deploy, foreign: list[str]) -> None:
        begins = ", ".join(f"{each}-" for each in deploy.prefixes or (deploy.project,))
        self.message = f"{len(foreign)} resources have names that do not begin with {begins}: {', '.join(foreign[:5])}"
        words = [*deploy.prefixes, *dict.fromkeys(name.partition("-")[0] for name in foreign)]
        self.fix = "Name them so, or say how they begin: " + " ".join(f"--prefix {word}" for word in words)
        super().__init__(self.message)


def deployer(
    stack: StackName,
    project: Project = HERE,
    role: Role = "",
    prefix: Prefixes = None,
    read_only: ReadOnly = False,
    roles_boundary: RolesBoundary = "",
    state_bucket: StateBucket = "",
    state_key: StateKey = "",
    out: Out = None,
    no_build: NoBuild = False,
    as_json: AsJson = False,
) -> None:
    """Print the least-privilege policies and the permissions boundary of the role that deploys the stack.

    Made offline, from the resource types of the stack's preview: attach all the policies and set the boundary.
    """
    from ..progress import console_progress

    with console_progress() as progress:
        folder, report = preview_report(project, stack, progress, no_build=no_build)
    settings = sibling("local.stage.settings").read_settings(folder, stack)
    if report.policy.violations:
        from ..render import show_preview

        show_preview(report)
        raise typer.Exit(POLICY)
    deploy = Deploy(
        project=settings.project,
        stack=stack,
        account=settings.account,
        region=settings.region,
        role=role or f"{settings.project}-{stack}-deployer",
        prefixes=tuple(prefix or ()),
        roles_boundary=roles_boundary or None,
        read_only=read_only,
    )
    resources = [(token, name) for token, name in report.resources if token.startswith("aws:")]
    foreign = deploy.foreign(name for _, name in resources)
    if foreign:
        raise NamesError(deploy, foreign)
    made = deployer_policy(
        {token for token, _ in resources},
        deploy,
        StateBackend(state_bucket, state_key or None) if state_bucket else None,
        given=report.given,
    )
    if out is not None:
        _write(made, out)
    if as_json:
        print(json.dumps(asdict(made), indent=2))  # noqa: T201 - the result
    elif out is None:
        for name, document in _named(made).items():
            print(f"# {name}: {size(document)} characters")  # noqa: T201
            print(json.dumps(document, indent=2))  # noqa: T201


def _write(made: DeployerPolicy, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in _named(made).items():
        (folder / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")
        typer.echo(f"{folder / name}.json: {size(document)} characters", err=True)


def _named(made: DeployerPolicy) -> dict[str, dict[str, Any]]:
    policies = {f"policy-{number}": document for number, document in enumerate(made.policies, 1)}
    return {**policies, "boundary": made.boundary}
