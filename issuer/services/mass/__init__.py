"""Many certificates at once: whom it concerns, the operation, its progress and workers."""
