"""The server on a port of 127.0.0.1, in threads of its own."""

import contextlib
import email.utils
import socket
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from .data import CentralData
from .faults import BrokenOff, Failed, Fault, Faults, Throttled
from .service import Answer, Request, Service


class CentralServer:
    """Serves while it is entered; port 0 is any free one."""

    def __init__(
        self,
        data: CentralData,
        *,
        username: str,
        password: str,
        faults: Faults | None = None,
        port: int = 0,
    ) -> None:
        self.data = data
        self.faults = faults or Faults()
        self.service = Service(data, username=username, password=password)
        self._http = _Listener(("127.0.0.1", port), self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True, name="odk-server")

    @property
    def url(self) -> str:
        """Where it is: what a client is configured with."""
        return f"http://127.0.0.1:{self._http.server_port}"

    @property
    def port(self) -> int:
        """The port it has."""
        return self._http.server_port

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    # Connections that are kept alive would be waited for.
    block_on_close = False

    def __init__(self, address: tuple[str, int], central: CentralServer) -> None:
        self.central = central
        super().__init__(address, _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that go away: some are killed for a test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Tell the time by the clock that the data has."""
        return email.utils.format_datetime(self.server.central.data.clock(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing: requests hold credentials."""

    def _serve(self) -> None:
        central = self.server.central
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, dict(self.headers.items()), body)
        fault = central.faults.next(f"{request.method} {request.target}")
        if fault is None or (isinstance(fault, BrokenOff) and fault.after is not None):
            self._send(central.service.answer(request), fault.after if isinstance(fault, BrokenOff) else None)
        else:
            self._fail(fault)

    def _fail(self, fault: Fault) -> None:
        match fault:
            case Throttled(seconds):
                headers = {} if seconds is None else {"Retry-After": str(seconds)}
                self._send(Answer(429, b"Too many requests.", headers))
            case Failed(status):
                self._send(
                    Answer(status, b"<html>It does not work at the moment.</html>", {"Content-Type": "text/html"})
                )
            case BrokenOff():
                self._break_off()

    def _send(self, answer: Answer, after: int | None = None) -> None:
        self.send_response(answer.status)
        self._headers(answer.headers)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(answer.body if after is None else answer.body[:after])
            if after is not None:
                self._break_off()

    def _headers(self, headers: Mapping[str, str]) -> None:
        for name, value in headers.items():
            self.send_header(name, value)

    def _break_off(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
