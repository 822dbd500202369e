"""What the program says of itself: event names and ids on stderr, never a person's name."""

from __future__ import annotations

import logging
import sys
import threading
from typing import Any

import structlog


def set_up(*, verbose: bool = False) -> None:
    """Send all logs, those of libraries too, through one format: JSON unless a person is watching."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    )
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _in_a_line],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    # Of each connection that fails kafka-python tells in several lines at once, and of each of its own steps that took
    # long on a busy machine; what comes of it is told by whoever tried.
    logging.getLogger("kafka.net").setLevel(logging.NOTSET if verbose else logging.CRITICAL)
    logging.captureWarnings(capture=True)  # what libraries warn of to Python itself
    threading.excepthook = _ended
    # psycopg's pool quotes connection errors, which may name hosts and users but never an entry's content.
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        cache_logger_on_first_use=True,
    )


class _Stderr(logging.StreamHandler[Any]):
    """Writes to what stderr is when something is said: threads of libraries speak later than whoever set this up."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> Any:  # noqa: ANN401
        """Where it goes."""
        return sys.stderr


def _in_a_line(_logger: Any, _method: str, said: structlog.types.EventDict) -> structlog.types.EventDict:  # noqa: ANN401
    """What a library says, in one line; of an error its kind and place, as a trace may quote what was at hand."""
    said["event"] = " ".join(str(said["event"]).split())
    told = said.pop("exc_info", None)
    if told and told[1] is not None:
        said["error"], said["where"] = type(told[1]).__name__, _place(told[1])
    return said


def _ended(told: threading.ExceptHookArgs) -> None:
    """A thread of a library's has ended with an error."""
    if told.exc_value is not None and not isinstance(told.exc_value, SystemExit):
        about = {"error": type(told.exc_value).__name__, "where": _place(told.exc_value)}
        structlog.get_logger().error("a thread has ended", thread=told.thread and told.thread.name, **about)


def _place(error: BaseException) -> str:
    """File and line where an error was raised; never a value."""
    trace, found = error.__traceback__, "?"
    while trace is not None:
        found = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
