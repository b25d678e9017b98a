"""What the commands of `ombord-keys` do, each a function from its arguments to what it says at the end."""
