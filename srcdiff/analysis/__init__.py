"""Facts about the SSA."""
