"""The transparency log of all that was signed, its checkpoints, and what they prove."""
