"""Exit codes, and how an error is printed: what is wrong and how to fix it, no traceback."""

import json
import sys

SUCCESS = 0
FAILED = 1
USAGE = 2
POLICY = 3
INTERRUPTED = 130


class CommandError(Exception):
    """What a command cannot do, why, and how to put it right."""

    def __init__(self, message: str, fix: str = "", exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.exit_code = exit_code


def print_error(error: BaseException, *, as_json: bool) -> int:
    """Print an error for people (or as JSON on standard output) and return the exit code.

    The siblings raise errors of their own with `message`, `fix` and `exit_code`; anything else is a fault of ours.
    """
    message = str(getattr(error, "message", "") or error or type(error).__name__)
    fix = str(getattr(error, "fix", ""))
    known = isinstance(getattr(error, "exit_code", None), int)
    code = int(getattr(error, "exit_code", FAILED))
    if not known:
        message = f"{type(error).__name__}: {message}"
        fix = (
            fix or "This is a fault of Watershed's: run it again with `watershed --debug …` and report what it prints."
        )
    if as_json:
        print(json.dumps({"error": message, "fix": fix, "exit_code": code}, indent=2))  # noqa: T201 - the result
        return code
    from rich.console import Console

    console = Console(stderr=True)
    console.print(f"Error: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    if fix:
        console.print(f"Fix: {fix}", markup=False, highlight=False, soft_wrap=True)
    return code


def print_interrupted(*, during_up: bool) -> int:
    """Say that Ctrl-C stopped the command, and how to go on from a deploy."""
    next_step = " `make up` starts clean or goes on; `make down` removes everything." if during_up else ""
    sys.stdout.flush()
    sys.stderr.write(f"\nInterrupted.{next_step}\n")
    sys.stderr.flush()
    return INTERRUPTED
