"""``python -m subside`` is ``subside``."""

import sys

from subside.cli import main

if __name__ == "__main__":
    sys.exit(main())
