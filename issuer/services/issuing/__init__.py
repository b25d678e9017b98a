"""The credential's way: reserved, persisted, signed, read back, logged, released; and the stop switch."""
