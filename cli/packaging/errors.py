"""The one error of `watershed build`."""


class BuildError(Exception):
    """Something a person has to put right before the artefacts can be built, and how."""

    exit_code = 1

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
