"""Where an authority's private keys lie: sealed, in one process's hands."""
