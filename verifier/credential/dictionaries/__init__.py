"""The carrier's preset dictionaries: numbered data files, and the script that builds them."""
