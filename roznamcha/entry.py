"""Where the program begins: Ctrl-C while its parts are still being loaded ends it at once, without a trace."""

from __future__ import annotations

import signal


def main() -> None:
    """Load the command line and run it. Nothing has been done until it is loaded, so nothing need be put in order."""
    waiting = (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )  # else whoever started us has said otherwise
    if waiting:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from roznamcha import cli

    if waiting:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()
