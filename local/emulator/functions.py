"""Lambda functions as the emulator runs them: fenced in, and with the memory they were given.

ministack runs a Python function in a subprocess of this interpreter, whatever runtime it names, and sets no
limits. The preamble below runs before the function's own code. It also calls every error `Runtime.HandlerError`, where
AWS names the exception's class, which the Retry and Catch of a state machine go by.
https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
"""

from typing import Any

from .fence import fence

_MEMORY_LIMIT = """
def _watershed_memory_limit():
    import os, threading

    limit = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")) * 1024 * 1024
    page = os.sysconf("SC_PAGE_SIZE")

    def end_when_over_memory():
        pause = threading.Event()
        while not pause.wait(0.1):
            try:
                with open("/proc/self/statm") as counts:
                    used = int(counts.read().split()[1]) * page
            except OSError:
                return
            if used > limit:
                os.write(2, (f"Runtime exited with error: signal: killed. Memory Size: {limit >> 20} MB "
                             f"Max Memory Used: {used >> 20} MB\\n").encode())
                os._exit(137)

    threading.Thread(target=end_when_over_memory, daemon=True).start()

_watershed_memory_limit()
"""
PREAMBLE = fence("function") + _MEMORY_LIMIT


def install(lambda_runtime: Any, lambda_service: Any) -> None:
    """Put the preamble in front of the worker script of every Python function, and name errors by their class."""
    detect, execute = lambda_runtime._detect_runtime_binary, lambda_service._execute_function_warm

    def detect_with_fence(runtime: str) -> tuple[str, str]:
        binary, script = detect(runtime)
        return binary, PREAMBLE + script if runtime.startswith("python") else script

    def execute_with_error_type(*arguments: Any, **options: Any) -> Any:
        return with_error_type(execute(*arguments, **options))

    lambda_runtime._detect_runtime_binary = detect_with_fence
    lambda_service._execute_function_warm = execute_with_error_type


def with_error_type(answer: dict[str, Any]) -> dict[str, Any]:
    """Name the class of the exception that a handler raised, as the end of its traceback does."""
    body = answer.get("body")
    if not answer.get("error") or not isinstance(body, dict) or body.get("errorType") != "Runtime.HandlerError":
        return answer
    trace, message = str(answer.get("log", "")).rstrip(), str(body.get("errorMessage", "")).rstrip()
    if "Traceback (most recent call last):" not in trace or not trace.endswith(message):
        return answer
    last = trace.removesuffix(message).rstrip(": ").splitlines()[-1]
    return {**answer, "body": {**body, "errorType": last.rpartition(".")[2]}}
