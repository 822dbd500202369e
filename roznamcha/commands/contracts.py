"""What others rely on: the list of acts, and the schemas that write them down."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import domain
from domain.event import ACTS, Event
from domain.shape import Column, Shape, columns
from roznamcha import drafting
from roznamcha.errors import Broken, Refused, Usage
from roznamcha.screen import AsJson, print_json, say, table
from schemas import Catalogue, SchemaError, catalogue
from schemas.evolution import check as check_schemas

app = typer.Typer()
schemas = typer.Typer(
    help="The schema files: check them, draft one, lock their ids, show one complete.", no_args_is_help=True
)

KINDS = {
    "text": "text", "whole": "whole number", "flag": "true or false", "instant": "time (RFC 3339)", "date": "date",
    "decimal": "decimal number", "id": "UUID", "bytes": "hexadecimal", "sealed": "text (sealed)", "choice": "one of",
}  # fmt: skip


@app.command()
def acts(
    register: Annotated[str, typer.Option(help="Only this register's acts")] = "",
    name: Annotated[str, typer.Option(help="Only this act, with its columns")] = "",
    *,
    as_json: AsJson = False,
) -> None:
    """List every act that can be entered, with its columns in English and Hindi.

    What the engine tells by itself is listed by its register, deadline, or by its name.
    """
    domain.load()
    found = [
        described(cls, catalogue())
        for each, cls in sorted(ACTS.items())
        if (register == cls.register or (not register and (cls.by_hand or name))) and name in {"", each, cls.__name__}
    ]
    if not found:
        known = ", ".join(sorted({cls.register for cls in ACTS.values()}))
        message = f"no act of that name or register; the registers are {known}"
        raise Usage(message)
    if as_json:
        print_json(found)
    elif name:
        for each in found:
            _show(each)
    else:
        rows = [(each["name"], each["title"]["hi"], each["doc"]) for each in found]
        table(f"{len(found)} acts", ("act", "हिन्दी", "what it is"), rows)
        say("`roznamcha acts --name NAME` shows an act's columns.")


def described(cls: type[Event[Any]], schemas_in_force: Catalogue) -> dict[str, Any]:
    """An act as `acts --json` lists it."""
    schema = schemas_in_force.latest[cls.name]
    return {
        "name": cls.name,
        "register": cls.register,
        "title": schema.raw.get("title", {}),
        "doc": " ".join((cls.__doc__ or "").split()),
        "opens": cls.opens,
        "fields": _described(columns(cls), schema.fields),
    }


def _described(found: tuple[Column, ...], fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    words = {field["name"]: field for field in fields}
    listed = []
    for column in found:
        field, shape = words.get(column.name, {}), column.shape
        while shape.inner is not None:
            shape = shape.inner
        one = {
            "name": column.name,
            "type": kind_of(column.shape),
            "doc": field.get("doc", ""),
            "label": field.get("label", {}),
            "sealed": shape.kind == "sealed",
            "required": column.required,
        }
        if shape.choices:
            one["values"] = list(shape.choices)
        if shape.columns:
            one["fields"] = _described(shape.columns, _inner_fields(field.get("type")))
        listed.append(one)
    return listed


def _inner_fields(avro: Any) -> list[dict[str, Any]]:  # noqa: ANN401 (Avro JSON)
    if isinstance(avro, list):
        avro = next((each for each in avro if each != "null"), None)
    if isinstance(avro, dict) and "items" in avro:
        return _inner_fields(avro["items"])
    return list(avro.get("fields", [])) if isinstance(avro, dict) else []


def kind_of(shape: Shape) -> str:
    """A shape in words."""
    if shape.kind == "list" and shape.inner is not None:
        return f"list of {kind_of(shape.inner)}"
    if shape.inner is not None:
        return kind_of(shape.inner)
    if shape.form is not None:
        return f"code ({shape.form.name})"
    return "object" if shape.of is not None else KINDS[shape.kind]


def _show(act: dict[str, Any]) -> None:
    say(f"{act['name']}  {act['title'].get('hi', '')}", act["doc"])
    rows = []
    for field in act["fields"]:
        need = "required" if field["required"] else ""
        values = ", ".join(field.get("values", [])) or ", ".join(each["name"] for each in field.get("fields", []))
        label = field["label"]
        rows.append((field["name"], field["type"], need, f"{label.get('en', '')} · {label.get('hi', '')}", values))
    table("columns", ("column", "type", "", "label", "values"), rows)


@schemas.command()
def check(*, as_json: AsJson = False) -> None:
    """Check all schemas: the lock, every pair of versions both ways, our own rules, and the golden records."""
    domain.load()
    found = check_schemas(catalogue())
    if as_json:
        print_json({"ok": not found, "schemas": len(catalogue().schemas), "findings": found})
    elif not found:
        say(f"{len(catalogue().schemas)} schemas: nothing to complain of")
    for each in found if not as_json else ():
        say(each)
    if found:
        message = f"{len(found)} findings in the schemas"
        raise Broken(message)


@schemas.command()
def draft(
    name: Annotated[str, typer.Argument(help="The act: case.PropertySeized")],
    version: Annotated[int, typer.Option(help="The number of the new file")] = 1,
) -> None:
    """Print a schema for an act, from its class and the words other acts use for the same columns."""
    domain.load()
    if name not in ACTS:
        message = f"there is no act {name!r}: write its class first"
        raise Usage(message)
    typer.echo(drafting.draft(ACTS[name], catalogue(), version), nl=False)


@schemas.command()
def lock(folder: Annotated[Path, typer.Argument(help="The folder of the schemas")] = Path("schemas")) -> None:
    """Give new schema files their ids. A released file that was edited is refused."""
    try:
        lines = drafting.lock(folder)
    except SchemaError as error:
        raise Refused([str(error)]) from None
    say(f"{len(lines)} schemas in {folder / 'schemas.lock'}")


@schemas.command("show")
def show_schema(name: Annotated[str, typer.Argument(help="The act: case.PropertySeized")]) -> None:
    """Print an act's schema complete in itself, as foreign readers need it."""
    schema = catalogue().latest.get(name)
    if schema is None:
        message = f"there is no schema for {name!r}"
        raise Usage(message)
    print_json(schema.inlined)
