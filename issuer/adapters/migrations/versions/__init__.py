"""One file a schema change, oldest first; none is edited after a release."""
