"""OpenID4VCI 1.0, pre-authorized code flow: how a phone picks up its certificates."""
