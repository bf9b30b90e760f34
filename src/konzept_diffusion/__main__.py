"""`python -m konzept_diffusion` is the console script `konzept-diffusion`."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
