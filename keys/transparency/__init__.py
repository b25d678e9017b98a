"""The transparency log: a tree of all that was signed, which nobody can shorten or rewrite unseen."""
