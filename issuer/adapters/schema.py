"""All tables of the register, of every area: who migrates, grants rights or empties them takes these."""

from issuer.adapters import tables_applications, tables_organisations, tables_qualifications
from issuer.adapters.tables import metadata

__all__ = ["metadata", "tables_applications", "tables_organisations", "tables_qualifications"]
