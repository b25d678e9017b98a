"""Certificates and their holders as the authority keeps them: read, changed, ended, looked up."""
