"""A command's file is loaded when that command is asked for: who enters an act need not wait for the web server."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from typer.core import DEFAULT_MARKUP_MODE, TyperGroup
from typer.main import get_command_from_info, get_command_name, get_group_from_info
from typer.models import CommandInfo, TyperInfo

PLACES = {
    "demo": "commands.demo", "record": "commands.entering", "import": "commands.entering",
    "export": "commands.exporting", "records": "commands.listing", "show": "commands.reading",
    "history": "commands.reading", "deadlines": "commands.reading", "custody": "commands.custody",
    "explain": "commands.explaining", "diff": "commands.explaining", "bundle": "commands.bundling",
    "publish": "commands.publishing", "report": "commands.papers", "certificate": "commands.papers",
    "copy": "commands.receipts", "document": "commands.documents:app", "form": "commands.forms",
    "print": "commands.printing", "handoffs": "commands.handoffs", "tick": "commands.ticking",
    "relay": "commands.relaying", "project": "commands.projecting", "reconcile": "commands.reconciling",
    "verify": "commands.keeping", "rebuild": "commands.keeping", "migrate": "commands.keeping",
    "doctor": "commands.health", "metrics": "commands.health", "alive": "commands.living", "up": "commands.standing",
    "rank": "commands.ranking", "itsso": "commands.itsso", "acts": "commands.contracts",
    "serve": "commands.registries", "parked": "commands.keeping:parked", "exchange": "commands.exchange:exchange",
    "malkhana": "commands.malkhana:app", "schemas": "commands.registries:schemas", "topics": "commands.topics:topics",
    "ledger": "commands.ledger:ledger", "law": "law_commands:law", "masters": "commands.masters:masters",
}  # fmt: skip
"""Where each command is, in the order in which they are shown. A group of commands stands behind its file's name."""


class OnDemand(TyperGroup):
    """The commands of `PLACES`: known by their names, and loaded one by one when they are asked for."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 (whatever a group is made with)
        """As any group, but with commands of its own."""
        super().__init__(**{**given, "commands": dict.fromkeys(PLACES)})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 (click's context and command)
        """The command of this name; None when there is none."""
        if cmd_name in PLACES and self.commands[cmd_name] is None:
            self.commands[cmd_name] = load(cmd_name)
        return self.commands.get(cmd_name)


def load(name: str) -> Any:  # noqa: ANN401
    """The command or group of this name, from its file. Raises KeyError when no file is known for it."""
    path, _, group = PLACES[name].partition(":")
    module = import_module(f"roznamcha.{path}")
    shown: dict[str, Any] = {"pretty_exceptions_short": False, "rich_markup_mode": DEFAULT_MARKUP_MODE}
    if group:
        return get_group_from_info(TyperInfo(getattr(module, group), name=name), suggest_commands=True, **shown)
    (told,) = (each for each in module.app.registered_commands if name_of(each) == name)
    return get_command_from_info(told, **shown)


def name_of(told: CommandInfo) -> str:
    """What a command is called at the command line."""
    return told.name or get_command_name(told.callback.__name__ if told.callback else "")
