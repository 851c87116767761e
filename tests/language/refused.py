"""What is refused: the text of `f`, and what the message says."""

REFUSED: dict[str, tuple[str, str]] = {}
