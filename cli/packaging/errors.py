"""The one error of `watershed build`."""


class BuildError(Exception):
    """Something a person has to fix before the artefacts can be built; the message says what and how."""
