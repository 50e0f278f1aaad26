"""Run `python -m ci_accel` as the command `ci-accel`."""

import sys

from ci_accel.cli.main import main

sys.exit(main())
