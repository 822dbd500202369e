"""Papers made of a court's copy, as PDF: the report on it, and the drafts of the certificates that go with it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from roznamcha.bounded import read_file
from roznamcha.commands.reading import PolicyFile
from roznamcha.errors import Usage
from roznamcha.ledger.certificate import Form, certificate_of, doubted, form_for
from roznamcha.ledger.report import Copy, report_of
from roznamcha.ledger.witnessing import policy_in
from roznamcha.screen import AsJson, note, print_json, say
from roznamcha.settings import settings
from roznamcha.typeset import typeset
from roznamcha.whole import write_whole
from schemas import catalogue

app = typer.Typer()

Bundle = Annotated[Path, typer.Argument(help="A copy that `bundle` wrote, a .zip")]
To = Annotated[Path, typer.Option("--output", "-o", "--to", help="The file to write, a .pdf")]
Sign = Annotated[
    Path | None, typer.Option(help="A PKCS #12 file (.p12, .pfx): sign with it (PAdES). The passphrase is asked for")
]
Passphrase = Annotated[
    Path | None, typer.Option(help="A file with its passphrase, instead of ROZNAMCHA_PASSPHRASE or being asked")
]
TsaCa = Annotated[Path | None, typer.Option(help="Certificates of time stamping authorities")]
Tsa = Annotated[str, typer.Option(help="With --sign: URL of a time stamping authority (RFC 3161)")]


@app.command(epilog="Example: roznamcha report court.zip --policy POLICY.txt -o report.pdf")
def report(  # noqa: PLR0913 (what it is made of, and who signs)
    bundle: Bundle,
    to: To,
    policy: PolicyFile = None,
    tsa_ca: TsaCa = None,
    sign: Sign = None,
    passphrase: Passphrase = None,
    tsa: Tsa = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write a report on a copy, in Hindi and English: what was checked, history, legal clocks, custody and its breaks.

    It needs no store, shows what the copy shows and nothing else, and is the same bytes from the same copy and policy.
    """
    copy = Copy(read_file(bundle), catalogue(), policy_in(policy) if policy else "", tsa_ca)
    pdf = typeset("report", report_of(copy, settings().zone), made=copy.made)
    told = {"verdict": {line: how for line, how, _ in copy.verdict}, "leaves": len(copy.entered)}
    _written(
        to, pdf, (sign, passphrase, tsa), {"record": copy.record, "audience": copy.audience, **told}, as_json=as_json
    )


@app.command(epilog="Example: roznamcha certificate court.zip --policy POLICY.txt -o certificate.pdf")
def certificate(  # noqa: PLR0913 (as above)
    bundle: Bundle,
    to: To,
    form: Annotated[
        str,
        typer.Option(help="63 (BSA 2023) or 65B (Evidence Act 1872); default: by the day of the record's first act"),
    ] = "",
    policy: PolicyFile = None,
    tsa_ca: TsaCa = None,
    sign: Sign = None,
    passphrase: Passphrase = None,
    tsa: Tsa = "",
    *,
    as_json: AsJson = False,
) -> None:
    """Write the draft of the certificate for a copy, with its hash report: BSA s.63(4) Parts A and B, or IEA s.65B(4).

    Name, device, date, time and place stay open: whoever signs answers for them. The copy's verdict stands on it;
    without a policy it says that no key was compared.
    """
    if form not in {"", *get_args(Form)}:
        message = f"there is no form {form[:20]!r}; they are {', '.join(get_args(Form))}"
        raise Usage(message)
    copy = Copy(read_file(bundle), catalogue(), policy_in(policy) if policy else "", tsa_ca)
    chosen: Form = "65B" if form == "65B" else "63" if form == "63" else form_for(copy)
    pdf = typeset("certificate", certificate_of(copy, chosen, bundle.name, settings().zone), made=copy.made)
    doubts = [doubt] if (doubt := doubted(copy, chosen)) else []
    for each in doubts:
        note(f"doubt: {each}")
    verdict = {line: how for line, how, _ in copy.verdict}
    told = {"record": copy.record, "form": chosen, "doubts": doubts, "verdict": verdict}
    _written(to, pdf, (sign, passphrase, tsa), told, as_json=as_json)


def _written(
    to: Path, pdf: bytes, by: tuple[Path | None, Path | None, str], told: dict[str, Any], *, as_json: bool
) -> None:
    """Sign it if that was asked for, write it, and say what was written."""
    signer: str | None = None
    if by[2] and by[0] is None:
        message = "--tsa stamps a signature: give --sign too"
        raise Usage(message)
    if by[0] is not None:
        from roznamcha import signing  # noqa: PLC0415 (a fifth of a second, and few papers are signed here)

        own = signing.signer_in(by[0], signing.passphrase_of(by[1]), datetime.now(UTC))
        pdf = signing.signed(pdf, own, by[2])
        signer = own.subject_name
    write_whole(to, pdf)
    shown = {"file": str(to), "bytes": len(pdf), "sha256": hashlib.sha256(pdf).hexdigest(), "signed_by": signer}
    if as_json:
        print_json(shown | told)
        return
    for line, how in told.get("verdict", {}).items():
        say(f"{line:<10} {how}")
    say(f"{to}: {len(pdf):,} bytes, SHA-256 {shown['sha256']}{f', signed by {signer}' if signer else ', not signed'}")
