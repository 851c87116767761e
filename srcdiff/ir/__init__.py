"""The structured SSA that every pass reads and writes."""
