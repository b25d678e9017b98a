"""What the authority's register is: states, events and decisions, with no input or output."""
