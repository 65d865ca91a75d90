"""What the commands of the local stage return; the command line shows them, or prints them as JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any

from .deployment import Finding, Outcome
from .packs import PolicyPack, count_rules
from .query import Answer
from .resources import ComponentCount
from .signing_in import SigningIn

# How the pack begins the reason of an exemption, which it shows at every run.
EXEMPTED = " exempted until "


@dataclass(frozen=True)
class PolicyResult:
    """What the policy pack said."""

    packs: dict[str, str]
    rules: int
    violations: list[Finding]
    advisories: list[Finding]
    exemptions: list[Finding]

    @staticmethod
    def of(outcome: Outcome, pack: PolicyPack | None) -> "PolicyResult":
        """Return the policy side of an outcome."""
        shown = [finding for finding in outcome.findings if not finding.stops]
        return PolicyResult(
            packs=outcome.packs,
            rules=count_rules(pack),
            violations=outcome.violations,
            advisories=[finding for finding in shown if EXEMPTED not in finding.message],
            exemptions=[finding for finding in shown if EXEMPTED in finding.message],
        )


@dataclass(frozen=True)
class LoadedSample:
    """A data set with its sample: what was asked, what the catalog knows."""

    dataset: str
    loaded_now: bool
    answer: Answer
    metadata: dict[str, Any]


@dataclass
class UpReport:
    """The result of `up`."""

    project: str
    folder: str
    stack: str
    endpoint: str
    region: str
    account: str
    unchanged: bool
    changes: dict[str, int]
    policy: PolicyResult
    components: list[ComponentCount]
    outputs: dict[str, Any]
    samples: list[LoadedSample] = field(default_factory=list)
    datasets: list[dict[str, Any]] = field(default_factory=list)
    runs: list[Any] = field(default_factory=list)
    """Of pipelines, as they ended: the command line starts them."""
    signing_in: SigningIn | None = None
    """At the Dataset API and its portal, if the stack has them."""
    seconds: float = 0.0


@dataclass(frozen=True)
class PreviewReport:
    """The result of an offline preview."""

    project: str
    stack: str
    changes: dict[str, int]
    policy: PolicyResult
    components: list[ComponentCount]
    approximate: list[str]
    warnings: list[str]
    seconds: float
    resources: list[tuple[str, str]] = field(default_factory=list)
    """The type and the name in the program of each."""
    given: list[tuple[str, str]] = field(default_factory=list)
    """The types, and each input that a resource of the type has."""
    taken_as_given: list[str] = field(default_factory=list)
    """Types and functions that the local provider does not know: judged by what the program says of them alone."""
    errors: list[str] = field(default_factory=list)
    """Why the preview broke off, where the policies refused something before."""


@dataclass(frozen=True)
class StatusReport:
    """The result of `status`."""

    project: str
    state: str
    stack: str = ""
    account: str = ""
    region: str = ""
    endpoint: str = ""
    pid: int = 0
    components: list[ComponentCount] = field(default_factory=list)
    outputs: dict[str, Any] = field(default_factory=dict)
    signing_in: SigningIn | None = None
    datasets: list[dict[str, Any]] = field(default_factory=list)
    dead_letters: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class DownReport:
    """The result of `down`."""

    project: str
    stopped_emulator: bool
    removed_state: bool


def as_document(report: Any) -> dict[str, Any]:
    """Return a report as a JSON document."""
    return asdict(report)
