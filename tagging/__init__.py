"""TEXT → TAGS: pure functions; text and word lists in, tags with evidence out."""
