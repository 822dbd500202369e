"""The shell around the register: the store, the command line, and all that touches the world outside."""
