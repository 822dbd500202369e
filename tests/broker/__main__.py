"""One broker to try things with, where there is no Docker: `.venv/bin/python -m tests.broker [FOLDER]`."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

try:
    from tests.broker.nodes import NoBroker, running
except ModuleNotFoundError as error:
    told = "run ./run first, which prepares everything, then .venv/bin/python -m tests.broker"
    sys.exit(f"{error.name} is not here: {told}")


def main() -> None:
    """Run a node until told to stop; its data are gone afterwards, unless a folder for them is named."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            with running(Path(*(sys.argv[1:] or [scratch]))) as cluster:
                sys.stdout.write(f"export ROZNAMCHA_KAFKA={cluster.bootstrap}\n")
                sys.stdout.flush()
                signal.pause()
        except (NoBroker, OSError) as error:
            sys.exit(f"no broker: {error}")
        except KeyboardInterrupt:
            return


main()
