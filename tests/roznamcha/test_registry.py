"""Our own registry: it answers as readers' usual clients expect, and takes nothing in."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from schemas import catalogue
from tests.peers.served import STOPPING, served, told
from tests.roznamcha.kit import Program

FIR = "roznamcha.entries.v1-roznamcha.case.FIRRegistered"
TYPE = "application/vnd.schemaregistry.v1+json"


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The registry, served on a real port without a database or a broker."""
    program = Program(tmp_path_factory.mktemp("served"), "postgresql://127.0.0.1:1/nowhere")
    with served(program) as url, httpx.Client(base_url=url) as client:
        yield client


def test_every_id_gives_its_schema(registry: httpx.Client) -> None:
    """Each id that may stand in front of an entry, and its GUID: the complete schema whose digest is in the lock."""
    for line in catalogue().locked:
        schema = catalogue().by_id(line.id)
        answer = registry.get(f"/schemas/ids/{line.id}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, TYPE)
        assert answer.json() == {"schema": schema.complete, "schemaType": "AVRO", "guid": str(schema.guid)}
        assert json.loads(answer.json()["schema"]) == schema.inlined
        assert registry.get(f"/schemas/guids/{schema.guid}").json() == answer.json()
        assert registry.get(f"/schemas/guids/{schema.guid}/ids").json() == [{"context": ".", "id": line.id}]


def test_an_answer_waits_for_nothing(registry: httpx.Client) -> None:
    """A hundred on one connection: none waits until its head is acknowledged, which takes 40 ms each."""
    began = time.monotonic()
    for _ in range(100):
        registry.get("/mode")
    assert time.monotonic() - began < 2


def test_subjects_and_their_versions(registry: httpx.Client) -> None:
    """Listed, by their beginnings too; a version by its number or as the latest, with the id it has everywhere."""
    subjects = registry.get("/subjects").json()
    assert FIR in subjects
    assert subjects == sorted(set(subjects))
    assert registry.get("/subjects", params={"subjectPrefix": FIR}).json() == [FIR]
    assert registry.get(f"/subjects/{FIR}/versions").json() == [1]
    latest = catalogue().latest["case.FIRRegistered"]
    for version in ("1", "latest", "-1"):
        found = registry.get(f"/subjects/{FIR}/versions/{version}").json()
        assert (found["subject"], found["version"], found["id"]) == (FIR, 1, catalogue().id_of(latest))
        assert found["schema"] == latest.complete
    assert registry.get(f"/subjects/{FIR}/versions/1/schema").json() == latest.inlined


def test_a_schema_says_where_it_stands(registry: httpx.Client) -> None:
    """What clocks tell is in two topics, and so under two subjects, with one id."""
    number = catalogue().id_of(catalogue().latest["deadline.Opened"])
    names = [f"roznamcha.{topic}.v1-roznamcha.deadline.Opened" for topic in ("entries", "deadlines")]
    assert registry.get(f"/schemas/ids/{number}/subjects").json() == names
    assert registry.get(f"/schemas/ids/{number}/versions").json() == [{"subject": n, "version": 1} for n in names]


def test_a_posted_schema_is_looked_up_however_it_is_written(registry: httpx.Client) -> None:
    """Keys in another order are the same schema; another doc is another schema."""
    schema = json.loads(registry.get(f"/subjects/{FIR}/versions/1").json()["schema"])
    turned = json.dumps(dict(reversed(schema.items())), indent=1)
    assert registry.post(f"/subjects/{FIR}", json={"schema": turned}).json()["version"] == 1
    other = registry.post(f"/subjects/{FIR}", json={"schema": json.dumps({**schema, "doc": "x"})})
    assert (other.status_code, other.json()["error_code"]) == (404, 40403)


def test_what_is_in_force(registry: httpx.Client) -> None:
    """Every version reads every other, nothing can be written, and only Avro is kept."""
    for place in ("", f"/{FIR}"):
        assert registry.get(f"/config{place}").json() == {"compatibilityLevel": "FULL_TRANSITIVE"}
        assert registry.get(f"/mode{place}").json() == {"mode": "READONLY"}
    assert registry.get("/schemas/types").json() == ["AVRO"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/subjects/nobody/versions", 404, 40401),
        ("/subjects/nobody/versions/latest", 404, 40401),
        ("/config/nobody", 404, 40401),
        (f"/subjects/{FIR}/versions/2", 404, 40402),
        (f"/subjects/{FIR}/versions/99999999999999999999", 422, 42202),
        (f"/subjects/{FIR}/versions/0", 422, 42202),
        (f"/subjects/{FIR}/versions/first", 422, 42202),
        ("/schemas/ids/4000", 404, 40403),
        ("/schemas/ids/१", 404, 40403),
        ("/schemas/guids/00000000-0000-0000-0000-000000000000", 404, 40403),
        ("/schemas/guids/none", 404, 40403),
        ("/nowhere", 404, 404),
    ],
)
def test_what_is_not_there_has_the_protocols_number(registry: httpx.Client, path: str, status: int, code: int) -> None:
    """Clients tell a missing subject, version and schema apart by it."""
    answer = registry.get(path)
    assert (answer.status_code, answer.json()["error_code"], answer.headers["content-type"]) == (status, code, TYPE)
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/subjects/{FIR}/versions"),
        ("POST", "/subjects/new/versions"),
        ("DELETE", f"/subjects/{FIR}"),
        ("DELETE", f"/subjects/{FIR}/versions/1"),
        ("PUT", "/config"),
        ("PUT", f"/config/{FIR}"),
        ("PUT", "/mode"),
        ("PUT", f"/mode/{FIR}"),
    ],
)
def test_nothing_is_taken_in(registry: httpx.Client, method: str, path: str) -> None:
    """Whoever tries to write is told that it isn't done here, and nothing has changed."""
    before = registry.get("/subjects").json()
    answer = registry.request(method, path, json={"schema": '"string"', "mode": "READWRITE"})
    assert answer.status_code == answer.json()["error_code"] == 405
    assert "read-only" in answer.json()["message"]
    assert answer.headers["allow"]
    assert registry.get("/subjects").json() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b'{"schema": 5}', 422),
        (b'{"schema": "{"}', 422),
        (b'{"schema": "[]", "schemaType": "PROTOBUF"}', 422),
        (b'{"schema": "[]", "references": [{}]}', 422),
        (b"x" * (1024 * 1024 + 1), 413),
    ],
    ids=["nothing", "half", "deep", "a list", "a number", "no JSON inside", "Protobuf", "references", "too large"],
)
def test_a_body_that_is_no_schema_is_refused(registry: httpx.Client, body: bytes, status: int) -> None:
    """In words, and it goes on."""
    answer = registry.post(f"/subjects/{FIR}", content=body)
    assert answer.status_code == status
    assert answer.json()["message"]
    assert registry.get("/").json() == {}


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """One line that says what to do, and the code for a service that can't be had."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = Program(tmp_path, "").run("serve", "--port", port, "--json", check=False)
    assert done.returncode == 4
    assert json.loads(done.stdout)["message"].startswith(f"port {port} of 127.0.0.1 is taken: give another one")


@pytest.mark.parametrize("host", ["203.0.113.1", "nobody.invalid"])
def test_an_address_that_is_not_ours(tmp_path: Path, host: str) -> None:
    """It is a mistake in the command, and said so."""
    done = Program(tmp_path, "").run("serve", "--host", host, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"nothing can be served at {host}" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_when_told_and_the_port_is_free(tmp_path: Path, number: signal.Signals) -> None:
    """Also while a client holds a connection open; at once it can be served there again."""
    program = Program(tmp_path, "")
    process = program.start("serve", "--port", "0", "--json")
    url = told(process)
    with httpx.Client(base_url=url) as client:
        assert client.get("/subjects").is_success
        process.send_signal(number)
        assert process.wait(STOPPING) == 0
    process.communicate()
    with served(program, "--port", url.rpartition(":")[2]) as again:
        assert again == url
        assert httpx.get(f"{again}/config").is_success
