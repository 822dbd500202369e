"""A real broker for the tests: Apache Kafka in KRaft mode, one node or three, started from its published jars.

What is asked for, in this order: the broker that ROZNAMCHA_KAFKA names; the jars, by Maven, run by the machine's Java;
Docker. Where none is there the tests are skipped, and the reason is counted and printed.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from consumers.clients import Broker
from consumers.topics import data

HERE = Path(__file__).parent
VERSION = "4.3.1"
OLDEST_JAVA = 17
CLUSTER = "5L6g3nShT-eMCtK--X86sw"
STARTING = 90.0
"""Seconds in which a node must take connections."""


AS_IN_SERVICE = {
    "auto.create.topics.enable": "false",  # a misspelt topic is an error, not a topic
    "message.max.bytes": str(data()["largest_message"]),
    "controlled.shutdown.enable": "true",
}
"""What the broker of the tests has in common with the one that is composed of containers."""
QUICK = {
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
    "broker.session.timeout.ms": "6000",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.num.partitions": "1",
    "log.segment.delete.delay.ms": "1000",  # hundreds of partitions of each test would keep their files for a minute
}
"""What makes the tests' broker start and notice things sooner: no business of one in service."""


class NoBroker(Exception):
    """There is no way to run a broker here. The message says what is missing."""


def cache() -> Path:
    """Where what Maven brought is kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "roznamcha" / f"kafka-{VERSION}"


@functools.cache
def java() -> str:
    """The machine's Java. Raises NoBroker when there is none, or an old one."""
    found = shutil.which("java") or shutil.which(f"{os.environ.get('JAVA_HOME', '')}/bin/java")
    if found is None:
        message = f"there is no Java here: install Java {OLDEST_JAVA} or newer"
        raise NoBroker(message)
    told = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    number = re.search(r'version "(\d+)', told)
    if number is None or int(number[1]) < OLDEST_JAVA:
        message = f"this Java is too old for Kafka {VERSION}: install Java {OLDEST_JAVA} or newer"
        raise NoBroker(message)
    return found


@functools.cache
def jars() -> Path:
    """The folder with Kafka and all that it needs; brought once by Maven. Raises NoBroker."""
    folder = cache()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several processes of one test run ask at once
        if (folder / "complete").exists():
            return folder
        maven = shutil.which("mvn")
        if maven is None:
            message = "Kafka's jars are not here, and there is no Maven to bring them: install maven"
            raise NoBroker(message)
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory() as work:
            shutil.copy(HERE / "pom.xml", work)
            bring = ["-B", "-q", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
            done = subprocess.run([maven, *bring], cwd=work, capture_output=True, text=True, check=False)
        if done.returncode:
            message = f"Maven could not bring Kafka {VERSION}: {(done.stdout.strip().splitlines() or ['?'])[0][:200]}"
            raise NoBroker(message)
        (folder / "complete").touch()
    return folder


def jvm() -> list[str]:
    """The words that begin each command line of Kafka: a small heap, started quickly. Raises NoBroker."""
    return [
        java(), "-Xmx512m", "-Xmn192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
        f"-XX:SharedArchiveFile={archive()}", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", f"{jars()}/*",
    ]  # fmt: skip


@functools.cache
def archive() -> Path:
    """Kafka's classes as this Java keeps them once they are loaded and verified: half of what a start costs.

    Made once, by a node that is started and stopped. A Java that can't use it loads the classes from the jars.
    """
    told = subprocess.run([java(), "-version"], capture_output=True, check=True).stderr
    path = jars() / f"classes-{hashlib.sha256(told).hexdigest()[:16]}.jsa"
    with (path.parent / "archive.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return path
        with tempfile.TemporaryDirectory() as work:
            words = [java(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{jars()}/*"]
            (node,) = prepared(Path(work), words=words).nodes
            made = Path(work) / "classes.jsa"
            node.start([*words[:-2], f"-XX:ArchiveClassesAtExit={made}", *words[-2:]])
            node.wait()
            node.stop()
            if made.exists():
                shutil.move(made, path)
    return path


@dataclass
class Node:
    """One broker process: stopped, killed, suspended and started again on the same folder and port."""

    number: int
    folder: Path
    port: int
    settings: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self, words: Sequence[str] = ()) -> None:
        """Start, and return at once. `words` begin the command line instead of the usual ones."""
        with (self.folder / "out.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*(words or jvm()), f"-Djava.io.tmpdir={self.folder}", "kafka.Kafka", str(self.settings)],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def wait(self) -> None:
        """Wait until it takes connections."""
        until = time.monotonic() + STARTING
        while time.monotonic() < until:
            assert self.process is not None
            if self.process.poll() is not None:
                message = f"the broker ended by itself: {(self.folder / 'out.log').read_text()[-2000:]}"
                raise RuntimeError(message)
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.1)
        message = f"the broker takes no connection: {(self.folder / 'out.log').read_text()[-2000:]}"
        raise RuntimeError(message)

    def signal(self, number: int) -> None:
        """Send a signal: SIGSTOP suspends it, SIGCONT lets it go on."""
        assert self.process is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        """Kill it as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def stop(self, patience: float = 30) -> None:
        """Stop it in good order."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass
class Cluster:
    """The nodes of one broker, and the address of all of them."""

    nodes: list[Node]

    @property
    def bootstrap(self) -> str:
        """Where clients begin."""
        return ",".join(f"127.0.0.1:{node.port}" for node in self.nodes)

    @property
    def broker(self) -> Broker:
        """The same for this project's clients."""
        return Broker(self.bootstrap)


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on just now."""
    taken = [socket.socket() for _ in range(count)]
    for each in taken:
        each.bind(("127.0.0.1", 0))
    found: list[int] = [each.getsockname()[1] for each in taken]
    for each in taken:
        each.close()
    return found


def prepared(folder: Path, nodes: int = 1, more: Sequence[str] = (), words: Sequence[str] = ()) -> Cluster:
    """A broker of so many nodes, with its data in `folder`, not yet started. Raises NoBroker."""
    words = words or jvm()
    ports = free_ports(2 * nodes)
    voters = ",".join(f"{n + 1}@127.0.0.1:{ports[nodes + n]}" for n in range(nodes))
    made = []
    for n in range(nodes):
        here = folder / f"node-{n + 1}"
        lines = [*_settings(here, n + 1, ports[n], ports[nodes + n], voters, nodes), *more]
        made.append(_node(here, n + 1, ports[n], lines, words))
    return Cluster(made)


def behind(cluster: Cluster, port: int) -> None:
    """Have a single node, not yet started, send its clients to another port; it speaks to itself over a third one."""
    (node,) = cluster.nodes
    (itself,) = free_ports(1)
    was, listens = node.settings.read_text(), f"CLIENTS://127.0.0.1:{node.port}"
    told = was.replace(f"listeners={listens},", f"listeners={listens},ITSELF://127.0.0.1:{itself},")
    told = told.replace(
        f"advertised.listeners={listens}",
        f"advertised.listeners=CLIENTS://127.0.0.1:{port},ITSELF://127.0.0.1:{itself}",
    )
    told = told.replace("map=CLIENTS:PLAINTEXT,", "map=CLIENTS:PLAINTEXT,ITSELF:PLAINTEXT,")
    node.settings.write_text(told.replace("inter.broker.listener.name=CLIENTS", "inter.broker.listener.name=ITSELF"))


def also(cluster: Cluster, protocol: str) -> str:
    """Give a single node, not yet started, a second listener for clients, named TLS; give its address."""
    (node,) = cluster.nodes
    (port,) = free_ports(1)
    was, listens = node.settings.read_text(), f"CLIENTS://127.0.0.1:{node.port}"
    told = was.replace(listens, f"{listens},TLS://127.0.0.1:{port}")
    node.settings.write_text(told.replace("map=CLIENTS:", f"map=TLS:{protocol},CLIENTS:"))
    return f"127.0.0.1:{port}"


def one_node(folder: Path) -> Cluster:
    """A broker of one node that runs until somebody kills it."""
    made = prepared(folder)
    made.nodes[0].start()
    made.nodes[0].wait()
    return made


@contextmanager
def running(folder: Path, nodes: int = 1, more: Sequence[str] = ()) -> Iterator[Cluster]:
    """A broker of so many nodes, killed with its block. `more` are lines of its settings. Raises NoBroker."""
    with started(prepared(folder, nodes, more)) as made:
        yield made


@contextmanager
def started(made: Cluster) -> Iterator[Cluster]:
    """A broker that was prepared, killed with its block."""
    try:
        for node in made.nodes:
            node.start()
        for node in made.nodes:
            node.wait()
        yield made
    finally:
        for node in made.nodes:
            node.kill()


def _settings(here: Path, number: int, port: int, control: int, voters: str, nodes: int) -> Iterator[str]:
    """The settings of one node, a line each."""
    yield from (
        "process.roles=broker,controller",
        f"node.id={number}",
        f"controller.quorum.voters={voters}",
        f"listeners=CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{control}",
        f"advertised.listeners=CLIENTS://127.0.0.1:{port}",
        "listener.security.protocol.map=CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "controller.listener.names=CONTROLLER",
        "inter.broker.listener.name=CLIENTS",
        f"log.dirs={here / 'data'}",
    )
    yield from (f"{name}={value}" for name, value in {**AS_IN_SERVICE, **QUICK, **copied(nodes)}.items())


def copied(nodes: int) -> dict[str, str]:
    """How many nodes keep what, and how many must have it, where there are so many."""
    copies = min(nodes, 3)
    least = max(1, copies - 1)
    return {
        "default.replication.factor": str(copies),
        "min.insync.replicas": str(least),
        "offsets.topic.replication.factor": str(copies),
        "transaction.state.log.replication.factor": str(copies),
        "transaction.state.log.min.isr": str(least),
        "share.coordinator.state.topic.replication.factor": str(copies),
        "share.coordinator.state.topic.min.isr": str(least),
    }


def _node(here: Path, number: int, port: int, lines: Sequence[str], words: Sequence[str]) -> Node:
    here.mkdir(parents=True)
    settings = here / "server.properties"
    settings.write_text("\n".join(lines) + "\n")
    format_it = [*words, "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(settings)]
    done = subprocess.run(format_it, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"the broker's folder could not be made: {done.stdout[-500:]} {done.stderr[-500:]}"
        raise RuntimeError(message)
    return Node(number, here, port, settings)


def new_prefix() -> str:
    """A prefix for the topics of one test, so that many tests share a broker."""
    return f"t{uuid.uuid4().hex[:10]}."
