"""What is printed: credentials bound to no phone, and ships' documents."""
