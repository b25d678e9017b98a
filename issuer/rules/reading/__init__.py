"""Law, cases and other data of the rules from their files: strictly, each slip by file, line and place."""
