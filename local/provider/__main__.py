"""Run the provider: prints its port on the first line, as plugins do, and serves until its parent is gone."""

import argparse
import os
import select
import signal
import stat
import sys
import threading
import time
from concurrent import futures
from pathlib import Path

import grpc  # type: ignore[import-untyped]
from pulumi.runtime.proto import provider_pb2_grpc

from .given import GivenProvider
from .instances import Instances
from .server import AwsProvider

# The engine sends a stack's whole Lambda archives and settings documents through here.
MAX_MESSAGE_BYTES = 400 * 1024 * 1024


def main() -> None:
    """Serve on a free port of 127.0.0.1."""
    arguments = _arguments()
    if arguments.directory:
        os.chdir(arguments.directory)
    # What the emulated AWS does not check still has to be there for requests to be signed.
    os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
    os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
    provider = Instances(lambda: _provider(arguments))
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=32),
        options=[("grpc.max_receive_message_length", MAX_MESSAGE_BYTES), ("grpc.max_send_message_length", -1)],
    )
    # It has every method, handed on.
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)  # type: ignore[arg-type]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
    stop.wait()
    server.stop(grace=1).wait()
    # A call that an engine has given up may wait for it for ever.
    os._exit(0)


def _provider(arguments: argparse.Namespace) -> AwsProvider:
    if arguments.take_as_given is None:
        return AwsProvider(arguments.endpoint, arguments.region, arguments.account)

    def note(what: str) -> None:
        with arguments.take_as_given.open("a", encoding="utf-8") as file:
            file.write(f"{what}\n")

    return GivenProvider(arguments.region, arguments.account, note)


def _watch_parent(stop: threading.Event) -> None:
    """End with the parent, however it ends: its pipe to our standard input closes, or we get another parent."""
    parent = os.getppid()
    piped = stat.S_ISFIFO(os.fstat(0).st_mode)
    while os.getppid() == parent:
        if not piped:
            time.sleep(1)
        elif select.select([0], [], [], 1)[0] and not os.read(0, 4096):
            break
    stop.set()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.provider", description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--endpoint", help="the emulated AWS, e.g. http://127.0.0.1:4566")
    where.add_argument("--offline", action="store_true", help="no AWS at all: previews only")
    parser.add_argument("--region", help="the region where the stack's config names none (us-east-1)")
    parser.add_argument("--account", help="the account number (asked of the endpoint)")
    parser.add_argument("--directory", help="where relative paths of archives and assets start: the program's folder")
    parser.add_argument(
        "--take-as-given", type=Path, metavar="FILE", help="offline: take unknown types too, and note them in this file"
    )
    arguments = parser.parse_args()
    if arguments.take_as_given and not arguments.offline:
        parser.error("--take-as-given needs --offline: what is not known cannot be deployed")
    return arguments


if __name__ == "__main__":
    main()
