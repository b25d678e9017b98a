"""The authority's use cases, one a module; each takes its database, clock, keys and settings explicitly."""
