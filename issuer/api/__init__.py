"""The issuer over HTTP: OpenID4VCI for wallets, JSON for operators, status for everyone."""
