"""Who may sign what, and did they? Signatures, trusted authorities and custody of private keys."""
