"""What an error that is none of ours is told as. Loaded when there is one: it knows all that the program stands on."""

from __future__ import annotations

import psycopg
import structlog
from eventsourcing.persistence import InterfaceError, OperationalError, PersistenceError

from consumers.restored import Ahead
from consumers.runner import Outdated
from roznamcha.errors import Broken, RoznamchaError, Unavailable, Usage
from schemas import SchemaError


def told(error: Exception) -> RoznamchaError:
    """The error of our own that stands for this one; it quotes neither an entry nor a local value."""
    match error:
        case UnicodeEncodeError():
            return Usage("what was given is not UTF-8: it holds a byte that stands for nothing")
        case psycopg.OperationalError() | psycopg.InterfaceError() | OperationalError() | InterfaceError():
            return Unavailable(f"the database is away: {' '.join(str(error).split())}")
        case psycopg.Error() | PersistenceError():
            # The server's words may quote an entry: the kind of error is all that may be shown.
            state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None) or ""
            return Broken(f"the database refused a statement ({type(error).__name__} {state})")
        case SchemaError() | Ahead() | Outdated():
            return Broken(str(error))
        case OSError():
            return Unavailable(f"{error.filename or 'a file'} cannot be used: {error.strerror}")
    structlog.get_logger().error("unexpected", kind=type(error).__name__, where=_where(error))
    return Broken(f"an unexpected {type(error).__name__} at {_where(error)}: please report it")


def _where(error: BaseException) -> str:
    """File and line of the innermost frame of ours; never a value."""
    trace, found = error.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        if "site-packages" not in code.co_filename:
            found = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return found
