"""Passes that keep what the SSA computes and make it shorter, faster, or closer to what a person writes."""
