"""Builds the artefacts that are deployed: handler archives, dependency layers and their manifest."""

from .build import Build, BuiltDeployable, build_artifacts, describe
from .declarations import TARGETS, Target
from .errors import BuildError

__all__ = ["TARGETS", "Build", "BuildError", "BuiltDeployable", "Target", "build_artifacts", "describe"]
