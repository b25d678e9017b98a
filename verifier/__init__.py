"""Is this certificate good, here and now? The credential format, the offline decision, the inspector's tools."""
