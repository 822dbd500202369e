"""What `verify` says of documents: each is held against its stored file."""

from __future__ import annotations

from uuid import UUID

from consumers.embedded import connected
from roznamcha.documents.cabinet import Cabinet
from roznamcha.documents.checking import check_documents
from roznamcha.office import Office
from roznamcha.screen import progress_bar
from roznamcha.verifying import Report


def with_documents(report: Report, office: Office, record: UUID | None, *, quiet: bool) -> None:
    """Compare the stored files with the entries that name them: each difference is something wrong."""
    with connected(office.url) as connection, progress_bar("reading documents", shown=not quiet) as progress:
        cabinet = Cabinet(office.settings.documents_place)
        checked = check_documents(connection, office.catalogue, cabinet, record, progress=progress)
    report.documents = checked.documents
    for each in checked.bad:
        report.complain(str(each), each.position, each.record, each.version)
