"""The authority's keys, and the port through which they sign."""
