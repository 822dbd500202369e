"""The law lab's files: how a log that somebody else kept is read, kept small, and what is written of it."""
