"""The error a person reads: what is wrong, and how to fix it."""

FAILED = 1
USAGE = 2
POLICY = 3


class StageError(Exception):
    """Something the local stage cannot do; the command line prints it without a traceback."""

    def __init__(self, message: str, *, fix: str = "", exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.exit_code = exit_code
