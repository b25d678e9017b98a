"""The authority's database and what else stands outside the domain."""
