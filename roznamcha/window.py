"""The window of the guard room: figures, and whether all is well, for a monitoring system that asks over HTTP.

Prometheus' own WSGI application gives the figures; nothing here can change anything.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import make_wsgi_app

from roznamcha.errors import Unavailable
from roznamcha.guard import Guard
from roznamcha.metrics import posts_registry

Start = Callable[[str, list[tuple[str, str]]], Any]


class _Server(ThreadingMixIn, WSGIServer):
    """One thread for each who asks, so that one who is slow keeps nobody waiting."""

    daemon_threads = True


class _Asked(WSGIRequestHandler):
    """One who asks, and must do so within seconds."""

    timeout = 10

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
        """Say nothing of it."""


def answers(
    guard: Guard, metrics: Callable[..., Iterable[bytes]]
) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    """The application: /metrics, /healthz (it lives) and /readyz (everybody is at his post)."""

    def answer(asked: dict[str, Any], start: Start) -> Iterable[bytes]:
        if asked["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return _text(start, "405 Method Not Allowed", "this window only answers\n")
        if asked["PATH_INFO"] == "/metrics":
            return metrics(asked, start)
        if asked["PATH_INFO"] == "/healthz":
            return _text(start, *(("200 OK", "alive\n") if guard.alive else ("503 Service Unavailable", "hangs\n")))
        if asked["PATH_INFO"] == "/readyz":
            posts = "".join(f"{each.post.name}: {each.state}\n" for each in guard.sentries)
            return _text(start, "200 OK" if guard.ready else "503 Service Unavailable", posts)
        return _text(start, "404 Not Found", "there are /metrics, /healthz and /readyz\n")

    return answer


def _text(start: Start, status: str, words: str) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")])
    return [words.encode()]


@contextmanager
def open_window(guard: Guard, url: str, topics: str | None, host: str, port: int) -> Iterator[str]:
    """Answer for as long as the block lasts; give the address. Raises Unavailable when it can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    kind = type("_Window", (_Server,), {"address_family": family})
    try:
        server = kind((host, port), _Asked)
    except (OSError, OverflowError) as error:
        message = f"nobody can be answered at {host}, port {port}: {getattr(error, 'strerror', None) or error}"
        raise Unavailable(message) from None
    server.set_app(answers(guard, make_wsgi_app(posts_registry(guard.sentries, url, topics))))
    threading.Thread(target=server.serve_forever, name="window", daemon=True).start()
    try:
        shown = f"[{host}]" if family is socket.AF_INET6 else host
        yield f"{shown}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
