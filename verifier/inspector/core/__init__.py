"""What the inspector's app knows and decides, without drawing: time, files and words are passed in."""
