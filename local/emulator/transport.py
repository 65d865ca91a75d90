"""Loopback counts as TLS.

Every bucket, queue and topic policy of the platform denies requests without `aws:SecureTransport`. The emulator
speaks plain HTTP on 127.0.0.1, where nobody can listen in; so that those policies stay in force as they are
written, each of its requests is evaluated as one that came by TLS.
"""

from typing import Any


def install(app: Any) -> None:
    """Let ministack's application pin every request as secure."""
    pin = app.pin_request_origin

    def pin_as_secure(source_ip: str, _secure: bool) -> None:
        pin(source_ip, True)

    app.pin_request_origin = pin_as_secure
