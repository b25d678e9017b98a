"""Alembic's entry: run the migrations on the connection that `issuer.adapters.migrating` hands over."""

from alembic import context

from issuer.adapters import indexing
from issuer.adapters.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
indexing.leave_out(context.get_context().impl, context.config.attributes["in_use"])
with context.begin_transaction():
    context.run_migrations()
