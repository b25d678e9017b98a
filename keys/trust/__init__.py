"""The signed directory of authorities and their keys: what it says, who publishes it, how it is checked."""
