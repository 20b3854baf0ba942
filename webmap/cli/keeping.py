"""The one job process beside the server: begun before it, begun again when it dies, ended with it.

Forked, not started anew, so that a job begins at once and shares the memory of what is loaded already. Each
process does one job and ends: the next one begins with clean memory.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from geodata.errors import Fault
from webmap.database import open_database
from webmap.services.import_jobs import run_next, tidy
from webmap.services.reception_spool import drain
from webmap.services.report_spool import ReportSpool
from webmap.services.spool import Spool
from webmap.services.upkeep import keep_up
from webmap.settings import Settings

_LOOK_EVERY_S = 0.5
_TIDY_EVERY_S = 30.0
_BEGIN_AGAIN_S = 0.5


@contextmanager
def job_process(settings: Settings) -> Iterator[None]:
    """Keep a job process while the block runs, and not a moment longer, even if we are killed."""
    owner, ours, theirs = os.getpid(), *reversed(os.pipe())
    keeper = os.fork()
    if keeper == 0:
        os.close(ours)
        _become(lambda: _keep(settings, theirs))
    os.close(theirs)
    try:
        yield
    finally:
        if os.getpid() == owner:  # a worker of the server ends by passing here too
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(keeper, signal.SIGTERM)
                os.waitpid(keeper, 0)


def work(settings: Settings, is_once: bool = False) -> int:
    """Wait for a job, do it and return; or (once) do all that wait. How many were done.

    Returns when the parent is gone, too.
    """
    engine, spool, parent = (
        open_database(settings.database_address()),
        Spool(settings.data_folder),
        os.getppid(),
    )
    done, next_tidy_s = 0, 0.0
    try:
        while os.getppid() == parent and (is_once or not done):
            if time.monotonic() >= next_tidy_s:
                tidy(engine, spool)
                _store_waiting(engine, settings)
                _keep_up(engine, settings)
                next_tidy_s = time.monotonic() + _TIDY_EVERY_S
            if run_next(engine, spool):
                done += 1
            elif is_once:
                break
            else:
                time.sleep(_LOOK_EVERY_S)
        return done
    finally:
        engine.dispose()


def _store_waiting(engine: Engine, settings: Settings) -> None:
    """Reports that came while the database was away."""
    waiting = ReportSpool(settings.data_folder)
    waiting.sweep()
    drain(engine, waiting, settings.secret())


def _keep_up(engine: Engine, settings: Settings) -> None:
    """What time brings. A mail server at fault, or a journal, is told of by its code alone."""
    done = keep_up(engine, settings)
    for fault in filter(None, (done.mail.fault, done.journal)):
        sys.stderr.write(f"job process: {fault}\n")


def _become(task: Callable[[], None]) -> None:
    """Be a process that does this and nothing of what its parent was about to."""
    for name in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(name, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to all; the server ends us in its own time
    try:
        task()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _keep(settings: Settings, lifeline: int) -> None:
    """Hold one job process until the server's end of the lifeline closes or we are told to stop."""
    worker = 0

    def stop(*_: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGTERM) if worker else None
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    while True:
        worker = os.fork()
        if worker == 0:
            os.close(lifeline)
            _become(lambda: _work_on(settings))
        while not _has_ended(worker):
            if select.select([lifeline], [], [], _BEGIN_AGAIN_S)[0]:
                stop()


def _has_ended(worker: int) -> bool:
    return os.waitpid(worker, os.WNOHANG)[0] == worker


def _work_on(settings: Settings) -> None:
    try:
        work(settings)
    except (Fault, SQLAlchemyError) as fault:
        # The database may be away for a moment; the keeper begins again.
        sys.stderr.write(f"job process: {type(fault).__name__}\n")
        time.sleep(_LOOK_EVERY_S)
