"""Is this certificate good, here and now? The credential format, the decision, the inspector's tools."""
