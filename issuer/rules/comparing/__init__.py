"""Two dates of law beside each other: what changed, and whom of a population it affects."""
