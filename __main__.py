"""The composition root: this stack's config, as components."""

from pathlib import Path

import pulumi

from components import Platform, PlatformConfig

platform = Platform(pulumi.get_project(), config=PlatformConfig.from_stack(Path(__file__).parent))
for name, value in platform.outputs.items():
    pulumi.export(name, value)
