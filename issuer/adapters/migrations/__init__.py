"""Alembic migrations, shipped inside the package so that `serve` can apply them anywhere."""
