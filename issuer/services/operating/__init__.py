"""Running the service: readiness, gauges, repeated requests, reconciliation, backup and restore."""
