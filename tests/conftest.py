"""Under test, the compiler checks the invariants of its SSA after every pass."""

import os

os.environ["SRCDIFF_CHECK"] = "1"
