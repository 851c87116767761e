"""`python -m srcdiff` is the command line."""

import sys

if sys.argv[1:2] != ["check"] and not sys.flags.safe_path:
    del sys.path[0]  # the working directory: only check runs what stands there, a user's black.py say

from srcdiff.cli import main

sys.exit(main())
