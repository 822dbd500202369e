"""An application for bail to the High Court or the Court of Session, and its notice to the Public Prosecutor."""

from __future__ import annotations

from domain.case.case import ConcernsAccused


class BailApplicationReceived(ConcernsAccused, register="case"):
    """The High Court or the Court of Session has notice of an application for bail (BNSS s.483(1))."""

    court: str
    application: str = ""


class BailNoticeGiven(ConcernsAccused, register="case"):
    """The court gives the Public Prosecutor notice of the application for bail (BNSS s.483(1), second proviso)."""

    one_sided = "the proviso asks that notice be given; no act of the prosecutor on its receipt is in this register"

    application: str = ""
    prosecutor: str
