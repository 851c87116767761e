"""Python text to SSA."""
