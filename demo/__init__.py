"""The main job, end to end, with synthetic people: what `make demo` runs, and the register it starts from."""
