"""May this seafarer have it, and issue it: the authority's service."""
