"""Organisations that report by machine: registration, keys, and access tokens for what they were granted."""
