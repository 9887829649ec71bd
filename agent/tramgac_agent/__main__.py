"""`python -m tramgac_agent`: the same as `tramgac-agent`."""

import sys

from tramgac_agent.cli import main

sys.exit(main())
