"""From SSA to readable Python: nesting, structure, names, statements, text, a function."""
