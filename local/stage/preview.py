"""`preview`: what any stack would deploy, with the policies, offline and without an emulator."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from ..engine.bootstrap import find_engine
from ..workspace import Workspace
from .deployment import Deployment
from .packs import find_pack
from .plugin import serve_provider
from .progress import Progress
from .reports import PolicyResult, PreviewReport
from .resources import count_by_component, is_emulated
from .settings import read_settings
from .up import ARTIFACTS_VARIABLE

# What the engine says, beside what was violated, where policies have refused a preview.
REFUSED = "preview failed"
# Builds what AWS runs, and returns the folder of its manifest.
BuildForAws = Callable[[Callable[[str], None]], Path]


def preview_stack(
    project: Path, stack: str, build: BuildForAws, progress: Progress, *, any_type: bool = False
) -> PreviewReport:
    """Return what `pulumi preview` of a new stack would say, as far as it can be known without AWS.

    With `any_type`, what the local provider does not know is taken as the program gives it: enough for policies.
    """
    settings = read_settings(project, stack)
    engine = find_engine(progress.doing)
    pack = find_pack(project)
    artifacts = build(progress.doing)
    with tempfile.TemporaryDirectory(prefix="watershed-preview-") as folder:
        workspace = Workspace(project, Path(folder))
        workspace.logs.mkdir(parents=True)
        given = workspace.logs / "given.txt"
        given.touch()
        with serve_provider(workspace, settings, None, given=given if any_type else None) as provider_port:
            deployment = Deployment(
                workspace,
                settings,
                engine,
                provider_port=provider_port,
                pack=pack,
                variables={ARTIFACTS_VARIABLE: str(artifacts)},
            )
            outcome = deployment.preview(lambda step: progress.doing(f"preview: {step}"))
        taken_as_given = sorted(set(given.read_text("utf-8").splitlines()))
    if outcome.failed and not outcome.violations:
        outcome.raise_if_failed("preview")
    planned = [(kind, urn) for _, kind, urn in outcome.steps]
    return PreviewReport(
        project=settings.project,
        stack=stack,
        changes=outcome.changes,
        policy=PolicyResult.of(outcome, pack),
        components=count_by_component(planned),
        approximate=_approximate(planned, settings.hidden_secrets),
        warnings=outcome.warnings,
        seconds=outcome.seconds,
        resources=[(kind, urn.rpartition("::")[2]) for kind, urn in planned],
        given=sorted(outcome.given),
        taken_as_given=taken_as_given,
        errors=[error for error in outcome.errors if error != REFUSED],
    )


def _approximate(planned: list[tuple[str, str]], hidden_secrets: tuple[str, ...]) -> list[str]:
    """Return what this preview takes for granted, as sentences."""
    notes = ["The state on AWS is not read: every resource shows as one to create."]
    unknown = sorted({kind for kind, _ in planned if kind.startswith("aws:") and not is_emulated(kind)})
    if unknown:
        notes.append(f"Checked for names and shapes only, not by an emulator: {', '.join(unknown)}.")
    if hidden_secrets:
        notes.append(f"A stand-in takes the place of the secrets {', '.join(hidden_secrets)}.")
    references = sum(kind == "pulumi:pulumi:StackReference" for kind, _ in planned)
    if references:
        notes.append(f"The outputs of {references} other stack(s) are not known.")
    return notes
