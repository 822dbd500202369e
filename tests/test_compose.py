"""The composition of containers is true and safe, as far as can be said without starting one."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from roznamcha.cli import app
from roznamcha.commands.living import POSTS
from roznamcha.settings import settings
from tests.broker import nodes
from tests.peers.served import served
from tests.roznamcha.kit import Program

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docker-compose.yml"
DEFAULT = {"postgres", "migrate"}
"""All that may start unasked: what this release itself runs."""

AS_THEY_COME = {"ghcr.io/aiven-open/karapace", "ghcr.io/kafbat/kafka-ui"}
"""Images that name an unprivileged user of their own, which is theirs to rename."""

SAME = {**nodes.AS_IN_SERVICE, **nodes.copied(1)}
KAFKA = {f"KAFKA_{name.replace('.', '_').upper()}": value for name, value in SAME.items()}
"""The settings with which the tests' broker runs: on one node another number of copies hangs the first transaction."""
BROKER = f"apache/kafka:{nodes.VERSION}"
GATES = {"migrate", "topics"}
"""What must have been done before anything of ours runs on."""
KEEPS_GOING = {"relay", "project", "tick"}
ASKED = ["CMD", "python", "-c"]
ITSELF = ("from urllib.request import urlopen; urlopen('http://127.0.0.1:", "/ledger', timeout=5)")
"""How a container that answers is asked, by the port at which it does: the image has no curl."""
COMPLETE = {
    "CLUSTER_ID", "KAFKA_NODE_ID", "KAFKA_PROCESS_ROLES", "KAFKA_CONTROLLER_QUORUM_VOTERS", "KAFKA_LISTENERS",
    "KAFKA_CONTROLLER_LISTENER_NAMES", "KAFKA_INTER_BROKER_LISTENER_NAME", "KAFKA_ADVERTISED_LISTENERS",
    "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP", "KAFKA_LOG_DIRS",
}  # fmt: skip
"""One setting given replaces the image's whole configuration: then none of these may be missing."""


WHOLE = dict.fromkeys(("test", "interval", "timeout", "retries", "start_period"))
"""What a health check says."""


def complaints(composition: dict[str, Any]) -> list[str]:
    """Everything that is wrong with a composition."""
    services = composition["services"]
    found = [each for name, service in services.items() for each in _of_service(name, service, services)]
    used = {mount.split(":")[0] for service in services.values() for mount in service.get("volumes", ())}
    declared = set(composition.get("volumes", ()))
    found += [f"volume {name} is not declared" for name in sorted(used - declared)]
    found += [f"volume {name} is of no use" for name in sorted(declared - used)]
    if (unasked := {name for name, service in services.items() if not service.get("profiles")}) != DEFAULT:
        found.append(f"by default {', '.join(sorted(unasked))} would start")
    return found


def _of_service(name: str, service: dict[str, Any], services: dict[str, Any]) -> Iterator[str]:
    image, _, tag = service["image"].rpartition(":")
    if not re.fullmatch(r"v?\d+\.\d+(\.\d+)?(-\w+)?", tag):
        yield f"{name}: the image {service['image']} is not pinned"
    if service.get("user", "root" if image not in AS_THEY_COME else "its own").split(":")[0] in {"root", "0"}:
        yield f"{name} would run as root"
    if service.get("privileged") or "container_name" in service:
        yield f"{name} is privileged or has a name that can be given once only"
    if service.get("restart") not in {"no", "unless-stopped"}:
        yield f"{name} does not say what happens when it ends"
    if (service.get("restart") != "no") != bool(service.get("healthcheck")):
        yield f"{name}: what stays up has a health check, and what runs once has none"
    if (check := service.get("healthcheck")) and check.keys() != {
        "test",
        "interval",
        "timeout",
        "retries",
        "start_period",
    }:
        yield f"{name}: the health check is not complete"
    yield from (
        f"{name} listens beyond this machine: {port}" for port in service.get("ports", ()) if port[:10] != "127.0.0.1:"
    )
    for other, needs in service.get("depends_on", {}).items():
        once = services.get(other, {}).get("restart") == "no"
        if other not in services or needs["condition"] != (
            "service_completed_successfully" if once else "service_healthy"
        ):
            yield f"{name} does not wait for {other}"
    yield from _of_settings(name, image, service)


def _of_settings(name: str, image: str, service: dict[str, Any]) -> Iterator[str]:
    given = service.get("environment", {})
    yield from (f"{name}: {key} is not text" for key, value in given.items() if not isinstance(value, str))
    known = settings({}).shown().keys()
    yield from (
        f"{name}: there is no setting {key}" for key in given if key.startswith("ROZNAMCHA_") and key not in known
    )
    if image == "roznamcha":
        word = (service.get("command") or [""])[0]
        if word not in typer.main.get_command(app).commands:  # type: ignore[attr-defined]  # it is a group
            yield f"{name} runs `roznamcha {word}`, which does not exist"
        if service["image"] != f"roznamcha:{_version()}":
            yield f"{name} is another release"
        if service["restart"] != "no":
            yield from _of_post(name, word, service)
    if image == "apache/kafka":
        yield from (f"{name}: {key} is not {value}" for key, value in KAFKA.items() if given.get(key) != value)
        yield from (f"{name}: {key} is missing" for key in sorted(COMPLETE - given.keys()))
        if service["image"] != BROKER:
            yield f"{name} is not the broker of the tests, {BROKER}"
        if not any(mount.endswith(":" + given.get("KAFKA_LOG_DIRS", "?")) for mount in service.get("volumes", ())):
            yield f"{name} would forget everything with its container"


def _of_post(name: str, word: str, service: dict[str, Any]) -> Iterator[str]:
    """Of one of our processes that runs on: it is seen at work from the store, and has waited for all there must be.

    One that only answers is asked whether it does.
    """
    answers = word == "serve"
    check, waits = service["healthcheck"]["test"], service.get("depends_on", {}).keys()
    if answers and check != [*ASKED, service["command"][-1].join(ITSELF)]:
        yield f"{name}: nobody looks whether {word} answers"
    if answers and not all(each.endswith(f":{service['command'][-1]}") for each in service.get("ports", ())):
        yield f"{name} listens at another port than is let through"
    if not answers and (check != ["CMD", "roznamcha", "alive", word] or word not in POSTS):
        yield f"{name}: nobody looks whether {word} is at its post"
    if not waits >= {"postgres", *({"migrate"} if answers else {*GATES, "kafka"})}:
        yield f"{name} does not wait for tables and topics"


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


@pytest.fixture(scope="module")
def composition() -> dict[str, Any]:
    """The composition as it stands in the file."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def test_nothing_is_wrong_with_it(composition: dict[str, Any]) -> None:
    """Pinned, healthy, unprivileged, kept in volumes, for this machine only, and it runs what exists."""
    assert complaints(composition) == []


def test_the_profile_for_kafka_has_all_that_must_keep_going(composition: dict[str, Any]) -> None:
    """Broker, topics, and each process that carries entries on; registry and tools bring the broker alone."""
    services = composition["services"]
    started = {name for name, service in services.items() if "kafka" in service.get("profiles", ())}
    assert started == {"kafka", "topics", *KEEPS_GOING}
    for profile in ("registry", "tools"):
        others = {name for name, service in services.items() if profile in service.get("profiles", ())} - {"kafka"}
        assert len(others) == 1
    for name in ("topics", *KEEPS_GOING):
        assert (
            services[name]["environment"]["ROZNAMCHA_KAFKA"]
            in services["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]
        )
    assert services["topics"]["command"] == ["topics", "apply"]
    assert services["project"]["command"] == ["project", "--source", "kafka"]


def test_the_profile_for_the_ledger_signs_and_answers(composition: dict[str, Any], program: Program) -> None:
    """One process keeps the ledger, one shows it; the look at its health is one that sees it answer, and stop."""
    services = composition["services"]
    started = {name: service for name, service in services.items() if "ledger" in service.get("profiles", ())}
    assert started.keys() == {"ledger", "ledger-read"}
    assert (started["ledger"]["command"], started["ledger"]["profiles"]) == (["ledger", "run"], ["ledger"])
    command, port = started["ledger-read"]["command"], started["ledger-read"]["command"][-1]
    assert command[:-1] == ["serve", "--ledger", "--host", "0.0.0.0", "--port"]  # noqa: S104 (inside its container)
    with served(program, "--ledger") as url:
        look = started["ledger-read"]["healthcheck"]["test"][-1].replace(f"http://127.0.0.1:{port}", url)
        assert url in look
        assert looks(look) == 0
    assert looks(look) != 0


def looks(program: str) -> int:
    """How a look at a container's health ends."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, check=False).returncode


def test_the_broker_is_the_one_that_maven_brings() -> None:
    """One version of Kafka in the tests, in what Maven brings for them, and in the composition."""
    pom = (ROOT / "tests/broker/pom.xml").read_text(encoding="utf-8")
    found = re.findall(r"<groupId>org.apache.kafka</groupId>\s*<artifactId>\S+</artifactId>\s*<version>(.+)</", pom)
    assert set(found) == {nodes.VERSION}
    assert len(found) == 2


SPOILT: dict[str, Callable[[dict[str, Any]], Any]] = {
    "is not pinned": lambda s: s["postgres"].update(image="postgres:latest"),
    "postgres would run as root": lambda s: s["postgres"].pop("user"),
    "kafka would run as root": lambda s: s["kafka"].update(user="0:0"),
    "is privileged": lambda s: s["kafka"].update(container_name="kafka"),
    "what happens when it ends": lambda s: s["kafka"].update(restart="always"),
    "has a health check": lambda s: s["kafka"].pop("healthcheck"),
    "health check is not complete": lambda s: s["kafka"]["healthcheck"].pop("start_period"),
    "listens beyond this machine": lambda s: s["kafka"].update(ports=["9092:9092"]),
    "does not wait for postgres": lambda s: s["migrate"]["depends_on"]["postgres"].update(condition="service_started"),
    "does not wait for nobody": lambda s: s["app"]["depends_on"].update(nobody={"condition": "service_healthy"}),
    "is not text": lambda s: s["kafka"]["environment"].update(KAFKA_NODE_ID=1),
    "there is no setting ROZNAMCHA_DATABASE": lambda s: s["app"]["environment"].update(ROZNAMCHA_DATABASE="x"),
    "`roznamcha preside`, which does not exist": lambda s: s["app"].update(command=["preside"]),
    "is another release": lambda s: s["app"].update(image="roznamcha:9.9.9"),
    "KAFKA_AUTO_CREATE_TOPICS_ENABLE is not": lambda s: s["kafka"]["environment"].pop(
        "KAFKA_AUTO_CREATE_TOPICS_ENABLE"
    ),
    "KAFKA_LISTENERS is missing": lambda s: s["kafka"]["environment"].pop("KAFKA_LISTENERS"),
    "kafka: KAFKA_MESSAGE_MAX_BYTES is not": lambda s: s["kafka"]["environment"].update(KAFKA_MESSAGE_MAX_BYTES="1"),
    "kafka is not the broker of the tests": lambda s: s["kafka"].update(image="apache/kafka:4.2.0"),
    "relay does not wait for topics": lambda s: s["relay"]["depends_on"]["topics"].update(condition="service_started"),
    "project does not wait for tables and topics": lambda s: s["project"]["depends_on"].pop("topics"),
    "nobody looks whether serve": lambda s: s["ledger-read"]["healthcheck"].update(test=["CMD", "true"]),
    "listens at another port": lambda s: s["ledger-read"].update(ports=["127.0.0.1:8082:8080"]),
    "ledger-read does not wait for tables": lambda s: s["ledger-read"]["depends_on"].pop("migrate"),
    "nobody looks whether tick": lambda s: s["tick"]["healthcheck"].update(test=["CMD", "true"]),
    "would forget everything": lambda s: s["kafka"].update(volumes=[]),
    "volume other is not declared": lambda s: s["postgres"]["volumes"].append("other:/other"),
    "volume postgres is of no use": lambda s: s["postgres"].update(volumes=[]),
    "by default app, migrate, postgres would start": lambda s: s["app"].pop("profiles"),
}


@pytest.mark.parametrize("complaint", SPOILT)
def test_each_complaint_is_made(composition: dict[str, Any], complaint: str) -> None:
    """Spoilt in one place, exactly that is complained of."""
    spoilt = copy.deepcopy(composition)
    SPOILT[complaint](spoilt["services"])
    assert any(complaint in each for each in complaints(spoilt)), complaints(spoilt)


def test_the_image_is_made_from_pinned_and_locked_parts() -> None:
    """The image begins with a pinned one, takes only locked packages, and does not run as root."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    begins = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(begins) == 2
    assert all(re.fullmatch(r"python:3\.1[123]\.\d+-slim-\w+", image) for image in begins)
    assert "--require-hashes -r requirements.lock" in text
    assert text.count("--no-index") == text.count("pip install")
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE) == ["10001:10001"]


def test_the_image_is_given_what_it_is_made_from() -> None:
    """Every file the image is made from exists and is let through by .dockerignore."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    needed = {name for line in copied for name in line.split()}
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {line[1:] for line in ignored if line.startswith("!")} == needed
    assert [name for name in sorted(needed) if not (ROOT / name).exists()] == []


def test_docker_compose_reads_it() -> None:
    """Where the composer is installed, it takes the file without a warning."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("the docker compose plugin is not installed")
    done = subprocess.run(
        [docker, "compose", "--profile", "*", "-f", FILE, "config", "-q"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
