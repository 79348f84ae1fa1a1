"""The keeper of the benchmarks' server: the tests' own, with a disk that counts."""

import os
import sys
from pathlib import Path

from tests import servers
from tests.bench.ground import DURABLE

if __name__ == "__main__" and os.fork() == 0:  # nobody waits for the keeper itself
    servers.SETTINGS.update(DURABLE)
    servers.keep(Path(sys.argv[1]), Path(sys.argv[2]))
