"""The exchanges with other offices' systems: what goes out to each, and what its answers are in the register."""
