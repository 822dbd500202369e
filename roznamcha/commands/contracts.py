"""What others rely on: the list of acts, and the schemas that write them down."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer

import domain
import schemas as schema_files
from domain.event import ACTS, Event
from domain.shape import Column, Shape, columns
from roznamcha import drafting
from roznamcha.errors import Broken, Refused, Usage
from roznamcha.intake import left_to_register
from roznamcha.screen import AsJson, print_json, say, table
from schemas import Catalogue, SchemaError, catalogue
from schemas.evolution import check as check_schemas

app = typer.Typer()
schemas = typer.Typer(
    help="The schema files: check them, draft one, lock their ids, show one complete.", no_args_is_help=True
)

FOLDER = Path(schema_files.__file__).parent

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
        known = sorted({cls.register for cls in ACTS.values()})
        if name in known:
            message = f"{name} is a register, and no act: --register {name} lists its acts"
            raise Usage(message)
        message = f"no act of that name or register; the registers are {', '.join(known)}{_near(name)}"
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


def _near(name: str) -> str:
    """What was meant by a name that no act has."""
    short = {each.partition(".")[2]: each for each in ACTS}
    near = get_close_matches(name[:100], [*ACTS, *short], n=1) if name else []
    if not near and len(name) > 2:  # noqa: PLR2004 (a word, and not a letter)
        near = sorted(each for each, cls in ACTS.items() if cls.by_hand and name.lower() in each.lower())[:5]
    return f"; did you mean {' or '.join(short.get(each, each) for each in near)}?" if near else ""


def described(cls: type[Event[Any]], schemas_in_force: Catalogue) -> dict[str, Any]:
    """An act as `acts --json` lists it."""
    schema = schemas_in_force.latest[cls.name]
    return {
        "name": cls.name,
        "register": cls.register,
        "title": schema.raw.get("title", {}),
        "doc": " ".join((cls.__doc__ or "").split()),
        "opens": cls.opens,
        "fields": [_given(cls, each) for each in _described(columns(cls), schema.fields)],
    }


def _given(cls: type[Event[Any]], field: dict[str, Any]) -> dict[str, Any]:
    """A column as listed; what the register gives may be left out."""
    if field["name"] not in left_to_register(cls):
        return field
    return {**field, "required": False, "given_by_register": True}


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
    if act["opens"]:
        say("A record may begin with it.")
    rows = list(_rows(act["fields"]))
    table("columns", ("column", "type", "", "label", "values"), rows)


def _rows(fields: list[dict[str, Any]], path: str = "") -> Iterator[tuple[str, str, str, str, str]]:
    """A line for each column, and below it for each column of its rows: `items[].category`."""
    for field in fields:
        name, kind, label = f"{path}{field['name']}", field["type"], field["label"]
        need = "given by the register" if field.get("given_by_register") else "required" if field["required"] else ""
        labels = " · ".join(label[language] for language in ("en", "hi") if label.get(language))
        yield name, kind, need, labels, ", ".join(field.get("values", []))
        yield from _rows(field.get("fields", []), f"{name}[]." if kind.startswith("list") else f"{name}.")


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
    version: Annotated[int, typer.Option(min=1, help="The number of the new file")] = 1,
    *,
    as_json: AsJson = False,
) -> None:
    """Print a schema for an act, from its class and the words other acts use for the same columns. It is JSON."""
    del as_json
    domain.load()
    if name not in ACTS:
        message = f"there is no act {name!r}: write its class first{_near(name)}"
        raise Usage(message)
    typer.echo(drafting.draft(ACTS[name], catalogue(), version), nl=False)


@schemas.command()
def lock(
    folder: Annotated[Path, typer.Argument(help="The folder of the schemas; default: this checkout's")] = FOLDER,
    *,
    as_json: AsJson = False,
) -> None:
    """Give new schema files their ids. A released file that was edited is refused."""
    try:
        lines = drafting.lock(folder)
    except SchemaError as error:
        raise Refused([str(error)]) from None
    if as_json:
        print_json({"schemas": len(lines), "lock": str(folder / "schemas.lock")})
    else:
        say(f"{len(lines)} schemas in {folder / 'schemas.lock'}")


@schemas.command("show")
def show_schema(
    name: Annotated[str, typer.Argument(help="The act: case.PropertySeized")], *, as_json: AsJson = False
) -> None:
    """Print an act's schema complete in itself, as foreign readers need it. It is JSON."""
    del as_json
    domain.load()
    schema = catalogue().latest.get(name)
    if schema is None:
        message = f"there is no schema for {name!r}{_near(name)}"
        raise Usage(message)
    print_json(schema.inlined)
