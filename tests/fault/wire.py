"""A wire between the program and its broker that can be cut: in pieces, for a while, or so that nobody notices."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

CHUNK = 65_536
LINGER = struct.pack("ii", 1, 0)
"""A connection closed like this is reset: the other side is told that it is gone, and what was under way is lost."""
THERE, BACK = 0, 1
"""The two directions: what is asked, and what is answered."""


class Wire:
    """Takes connections at `port` and carries them to `end`."""

    def __init__(self, end: int) -> None:
        """Carry at once."""
        self.end = end
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._open = (threading.Event(), threading.Event())
        self._refusing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self.carried = 0
        self.flow()
        self._begin(self._listen)

    def _begin(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing:
                _reset(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.end), 5)
            except OSError:
                _reset(near)
                continue
            far.settimeout(None)
            pair = (near, far)
            with self._lock:
                self._pairs.add(pair)
            self._begin(self._carry, pair, near, far, THERE)
            self._begin(self._carry, pair, far, near, BACK)

    def _carry(self, pair: tuple[socket.socket, socket.socket], a: socket.socket, b: socket.socket, way: int) -> None:
        with contextlib.suppress(OSError):
            while came := a.recv(CHUNK):
                self._open[way].wait()  # held up here, nobody is told that it doesn't arrive
                b.sendall(came)
                self.carried += len(came)
        self._cut(pair)

    def _cut(self, pair: tuple[socket.socket, socket.socket]) -> None:
        with self._lock:
            if pair not in self._pairs:
                return
            self._pairs.discard(pair)
        for each in pair:
            _reset(each)

    # --- what can happen to it -----------------------------------------------------------------------------------

    def flow(self) -> None:
        """Carry everything, what was held up too."""
        self._refusing = False
        for each in self._open:
            each.set()

    def hang(self, *ways: int) -> None:
        """Carry nothing in these directions, and let nobody notice: what is sent is taken, and waits."""
        for way in ways:
            self._open[way].clear()

    def reset(self) -> None:
        """Reset every connection there is; what was held up in them is lost. New ones are carried."""
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            self._cut(pair)

    def drop(self) -> None:
        """Reset every connection and refuse new ones, until it flows again."""
        self._refusing = True
        self.reset()

    def close(self) -> None:
        """Be gone."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for each in self._open:
            each.set()
        for thread in self._threads:
            thread.join(10)


def _reset(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        one.shutdown(socket.SHUT_RDWR)  # wakes whoever waits for it
    one.close()


@contextmanager
def wired(end: int) -> Iterator[Wire]:
    """A wire for the block."""
    made = Wire(end)
    try:
        yield made
    finally:
        made.close()
