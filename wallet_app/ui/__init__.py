"""The wallet's screens: each is a class and its kv rules, bound to plain view-states."""
