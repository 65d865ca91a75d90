"""The two platforms an artefact can be for, and the check that native code is for the right one."""

import platform
import struct
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass

from .archive import Entry
from .declarations import Target
from .errors import BuildError
from .locks import AWS_PLATFORM

ELF = b"\x7fELF"
ELF_MACHINES = {0x3E: "x86_64", 0xB7: "arm64"}
"""`e_machine` of the ELF header, in the names Lambda uses: https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html."""
LAMBDA_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Platform:
    """Where artefacts will run: as the manifest says it, as uv wants it, and what tells it from others in the cache."""

    python: str
    architecture: str
    install_arguments: tuple[str, ...]
    fingerprint: str


def platform_of(target: Target) -> Platform:
    """Describe AWS's platform or this machine's."""
    if target == "aws":
        return Platform("3.13", "arm64", AWS_PLATFORM, " ".join(AWS_PLATFORM))
    machine = platform.machine().lower()
    if machine not in LAMBDA_ARCHITECTURES:
        raise BuildError(f"this machine is {machine}; the host's artefacts are built on x86_64 and arm64.")
    return Platform(
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        architecture=LAMBDA_ARCHITECTURES[machine],
        install_arguments=("--python", sys.executable, "--only-binary", ":all:"),
        fingerprint=f"{sysconfig.get_config_var('SOABI')} {sysconfig.get_platform()} {'-'.join(platform.libc_ver())}",
    )


def check_native_code(what: str, entries: Mapping[str, Entry], architecture: str) -> None:
    """Raise when an ELF file is for another machine: Lambda would only say so at the first import."""
    for path, entry in entries.items():
        if entry.content[:4] != ELF or len(entry.content) < 20:
            continue
        little_endian = entry.content[5] == 1
        (machine,) = struct.unpack_from("<H" if little_endian else ">H", entry.content, 18)
        if ELF_MACHINES.get(machine) != architecture:
            found = ELF_MACHINES.get(machine, f"machine {machine:#x}")
            raise BuildError(
                f"{what}: {path} is built for {found}.", fix=f"Lock a version that has a wheel for {architecture}."
            )
