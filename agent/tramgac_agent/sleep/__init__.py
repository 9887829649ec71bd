"""A machine that sleeps: what the agent says before, and that it notices afterwards."""
