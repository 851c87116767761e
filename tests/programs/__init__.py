"""Real programs, each written as its author would write it; tests/test_programs.py differentiates their last functions.

Each file holds the functions, WRT and ARGS, and maybe MORE_ARGS: other points.
"""
