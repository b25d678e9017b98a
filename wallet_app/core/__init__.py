"""What the wallet does, without a screen: store, pick-up, holder proof, and plain data for the screens."""
