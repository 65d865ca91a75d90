"""Lambda functions as the emulator runs them: fenced in, and with the memory they were given.

ministack runs a Python function in a subprocess of this interpreter, whatever runtime it names, and sets no
limits. The preamble below runs before the function's own code.
"""

from typing import Any

PREAMBLE = """
def _watershed_fence():
    import ipaddress, os, sys, threading

    def refuse_other_hosts(event, arguments):
        if event != "socket.connect":
            return
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""
        if not host or host == "localhost":
            return
        try:
            if ipaddress.ip_address(host).is_loopback:
                return
        except ValueError:
            pass
        raise PermissionError(
            f"the local stage lets a function reach 127.0.0.1 only, and it tried {host}: "
            "make its clients without an endpoint, so that AWS_ENDPOINT_URL applies")

    sys.addaudithook(refuse_other_hosts)

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

_watershed_fence()
"""


def install(lambda_runtime: Any) -> None:
    """Put the preamble in front of the worker script of every Python function."""
    detect = lambda_runtime._detect_runtime_binary

    def detect_with_fence(runtime: str) -> tuple[str, str]:
        binary, script = detect(runtime)
        return binary, PREAMBLE + script if runtime.startswith("python") else script

    lambda_runtime._detect_runtime_binary = detect_with_fence
