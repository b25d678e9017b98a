"""Four eyes: what is put forward, who approved it by signature, what still waits."""
