"""Confines the process it runs in, then becomes a Python module.

It has to begin alone and light: a process that already has threads (NumPy starts some) cannot leave the
network. What the system does not allow is left out, but for the limits, which every Unix has.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OUT_OF_MEMORY = 71
"""How a process ends that may have no more; by then there is none to say it in words."""
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
_MOST_DESCRIPTORS = 64
_NICENESS = 10
_GRACE_S = 5
"""Beyond the time allowed, where the signal that says so is not enough."""


def _limit(cpu_s: int, memory_bytes: int) -> None:
    os.nice(_NICENESS)
    for which, soft, hard in (
        (resource.RLIMIT_CPU, cpu_s, cpu_s + _GRACE_S),
        (resource.RLIMIT_AS, memory_bytes, memory_bytes),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, _MOST_DESCRIPTORS, _MOST_DESCRIPTORS),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, most = resource.getrlimit(which)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(which, (soft, hard))


@contextmanager
def ending_out_of_memory() -> Iterator[None]:
    """End the process where its memory ends, so that the one who asked can tell."""
    try:
        yield
    except MemoryError:
        os._exit(OUT_OF_MEMORY)


def _leave(parent: int) -> None:
    """Die with the parent, gain no rights, and stand in a network of one's own, without any wire."""
    if not sys.platform.startswith("linux"):
        return
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    system.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    system.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if system.unshare(_CLONE_NEWNET) != 0:
        system.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    if os.getppid() != parent:
        sys.exit(1)


def main(parent: str, cpu_s: str, memory_bytes: str, *module: str) -> None:
    """Confine, then run `module` with its arguments in this process."""
    _leave(int(parent))
    _limit(int(cpu_s), int(memory_bytes))
    os.execv(sys.executable, [sys.executable, "-P", "-s", "-B", "-m", *module])  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    main(*sys.argv[1:])
