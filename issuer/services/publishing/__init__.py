"""What verifiers fetch: status lists, statements for ships, packs, the page's trust."""
