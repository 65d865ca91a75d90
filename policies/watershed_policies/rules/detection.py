"""What watches the account, beside its trail: Config and GuardDuty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

RECORDER = aws("cfg", "Recorder")
DETECTOR = aws("guardduty", "Detector")

RECORDED = Rule(
    id="CONFIG-ALL-TYPES",
    title="Config records resources of all types",
    severity=Severity.MEDIUM,
    why="What was changed, and when, is not known of the others. Config costs by the change, hence strict.",
    frameworks=("FSBP Config.1", "NIST 800-53 CM-8"),
    profile=Profile.STRICT,
)
DETECTED = Rule(
    id="GUARDDUTY-ENABLED",
    title="GuardDuty is not suspended",
    severity=Severity.HIGH,
    why="A detector that is off sees nothing, and shows that it was meant to.",
    frameworks=("FSBP GuardDuty.1", "NIST 800-53 SI-4", "PCI DSS 11.5.1"),
    peers=("Checkov CKV_AWS_238",),
)


@RECORDED.on(RECORDER)
def all_types_are_recorded(recorder: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a list of types, instead of all, which is the default, or of all but some."""
    group = recorder.properties.section("recordingGroup")
    if group.is_unknown() or group.is_set("exclusionByResourceTypes"):
        return
    if group.is_false("allSupported") or group.is_set("resourceTypes"):
        yield Finding("does not record resources of all types", 'recording_group={"all_supported": True}')


@DETECTED.on(DETECTOR)
def detector_is_on(detector: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch off what is on by default."""
    if detector.properties.is_false("enable"):
        yield Finding("is suspended", "enable=True")
