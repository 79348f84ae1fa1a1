"""Parts of bulk history told at the same time, each by a process of its own that hands over its rows."""

import gc
import signal
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from zerowaste.services.simulation.part import Batch, Part, Setting, Telling

WORTH_IT = 2_000  # manifests; fewer are told before a second process has started


class BrokenOff(Exception):
    """A process ended before its part was told; its own words are on standard error."""


def told_at_once(setting: Setting, parts: Iterable[Part]) -> Iterator[Batch]:
    """The batches of all parts as they come. Which comes first is chance; what is in them is not."""
    context = get_context("spawn")
    telling: dict[Connection, BaseProcess] = {}
    with ExitStack() as stack:
        for part in parts:
            here, there = context.Pipe(duplex=False)
            process = context.Process(target=_tell, args=(setting, part, there), daemon=True)
            process.start()
            there.close()  # so that we hear when the process is gone
            telling[here] = process
            stack.callback(_end, process, here)
        while telling:
            ready = wait(list(telling))
            for source in [source for source in telling if source in ready]:
                batch = _next(source)
                if batch.closing:
                    del telling[source]
                yield batch


def _next(source: Connection) -> Batch:
    try:
        batch: Batch = source.recv()
    except EOFError:
        raise BrokenOff from None
    return batch


def _end(process: BaseProcess, source: Connection) -> None:
    source.close()
    process.terminate()
    process.join()


def _tell(setting: Setting, part: Part, there: Connection) -> None:
    """What each process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts the command ends us through it
    gc.set_threshold(100_000, 50, 1_000)  # nothing here goes in circles: looking for them finds little
    for batch in Telling(setting, part).tell():
        there.send(batch)
