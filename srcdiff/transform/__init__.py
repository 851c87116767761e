"""Passes that turn the SSA of a function into the SSA of something else: its tangent, its cotangents."""
