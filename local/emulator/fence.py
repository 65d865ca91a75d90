"""The lines that keep a Python process of the local stage on this machine."""

_LINES = """
def _watershed_fence():
    import ipaddress, sys

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
            f"the local stage lets a WHAT reach 127.0.0.1 only, and it tried {host}: "
            "make its clients without an endpoint, so that AWS_ENDPOINT_URL applies")

    sys.addaudithook(refuse_other_hosts)

_watershed_fence()
del _watershed_fence
"""


def fence(what: str) -> str:
    """Return Python code that refuses connections to other hosts; `what` is the kind of process, for the message."""
    return _LINES.replace("WHAT", what)
