"""Every command can be reached, each by its own file alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules

import pytest
from typer import Typer

from roznamcha import commands
from roznamcha.loading import PLACES, load, name_of
from tests.roznamcha.kit import ROOT

FILES = [*(f"commands.{each.name}" for each in iter_modules(commands.__path__)), "law_commands"]


def written(apps: Iterable[Typer]) -> Iterator[object]:
    """The functions behind the commands of these, and of the groups in them."""
    for app in apps:
        yield from (each.callback for each in app.registered_commands)
        yield from written(each.typer_instance for each in app.registered_groups if each.typer_instance)


def reached() -> Iterator[object]:
    """The functions behind the commands that the program knows."""
    for name, place in PLACES.items():
        path, _, group = place.partition(":")
        module = import_module(f"roznamcha.{path}")
        if group:
            yield from written([getattr(module, group)])
        else:
            yield from (each.callback for each in module.app.registered_commands if name_of(each) == name)


def test_no_command_is_written_and_not_reached() -> None:
    """Each command of each file stands in the list, by itself or in its group."""
    apps = [each for path in FILES for each in vars(import_module(f"roznamcha.{path}")).values()]
    assert set(written(each for each in apps if isinstance(each, Typer))) == set(reached())


@pytest.mark.parametrize("name", PLACES)
def test_each_is_found_by_its_name(name: str) -> None:
    """And is called so."""
    assert load(name).name == name


@pytest.mark.parametrize("name", [name for name, place in PLACES.items() if ":" in place])
def test_a_group_is_whole_when_nothing_else_is_loaded(name: str) -> None:
    """Also where several files add to it."""
    told = f"from roznamcha.loading import load; print(*load({name!r}).commands)"
    alone = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    for path in FILES:
        import_module(f"roznamcha.{path}")
    assert set(alone.stdout.split()) == set(load(name).commands)


def test_who_enters_an_act_waits_for_no_server_and_no_view() -> None:
    """What other commands stand on is not loaded for this one."""
    told = "import sys; from roznamcha.loading import load; load('record'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    others = {"starlette", "uvicorn", "httpx", "kafka", "projections", "roznamcha.ledger", "roznamcha.commands.ledger"}
    assert not others & set(loaded.stdout.split())
