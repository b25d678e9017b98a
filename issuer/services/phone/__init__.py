"""What a wallet asks for: offers, pick-ups, sync and its pass, documents."""
