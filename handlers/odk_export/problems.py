"""What stops an export, each with an exit code of its own and one line that says what is wrong and how to fix it."""

from __future__ import annotations


class ExportError(Exception):
    """The export cannot go on; the message is for the person who reads the log."""

    exit_code = 1


class SettingsError(ExportError):
    """The environment does not say what the export needs to know."""

    exit_code = 2


class CredentialsError(ExportError):
    """The server does not let this user in, or not to this form."""

    exit_code = 3


class MissingError(ExportError):
    """The server has no such project or form."""

    exit_code = 4


class UnavailableError(ExportError):
    """The server did not answer, however often it was asked; a later run goes on where this one stopped."""

    exit_code = 5


class UnsupportedError(ExportError):
    """The server is too old, or the form cannot become tables."""

    exit_code = 6


class GoneError(Exception):
    """What was asked for is not on the server any more: it was there a moment ago, so the answer is to look again."""


class ChangedError(Exception):
    """Somebody else wrote the object in the meantime."""


class InterruptionError(BaseException):
    """The task was told to stop (SIGTERM); nothing catches this but the end of the program."""
