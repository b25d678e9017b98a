"""Write the register in the format that `import` reads: seafarers, then certificates, by their numbers."""

import json
from collections.abc import Iterator

from sqlalchemy import select

from issuer.adapters.database import Database
from issuer.adapters.tables import certificate, seafarer
from issuer.domain.extract import SeafarerRow, render_head
from issuer.services.register.stored_rows import stored_row
from issuer.settings import Settings

_ROWS_AT_ONCE = 1_000


def export_lines(database: Database, settings: Settings) -> Iterator[bytes]:
    """The extract line by line, from one snapshot; loaded into an empty register it gives itself again."""
    with database.read() as connection:
        yield render_head(settings.flag)
        streaming = connection.execution_options(yield_per=_ROWS_AT_ONCE)
        for row in streaming.execute(select(seafarer).order_by(seafarer.c.seafarer_id)):
            yield SeafarerRow(seafarer_id=row.seafarer_id, claims=json.loads(row.claims)).render()
        for row in streaming.execute(select(certificate).order_by(certificate.c.document_number)):
            yield stored_row(row).render()
