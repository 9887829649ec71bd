"""The sensor process: drains the sensors, makes events, gives them to the spool. No network.

One loop and one thread for hashing. `run` is called by `tramgac-agent run --part sensor`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tramgac_agent.config import AgentConfig


def run(config: AgentConfig) -> int:
    """Run the sensor process until SIGTERM or SIGINT; returns the exit status.

    Opens the spool in `config.state/spool`, listens on `config.state/run/sensor.sock` (`local.py`),
    loads the content bundle in force, starts the best rung of each capability, and leaves last
    words in the urgent lane when it ends.
    """
    raise NotImplementedError
