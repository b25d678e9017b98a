"""The audit trail: who did what, why, and what changed; append-only, hash-chained."""
