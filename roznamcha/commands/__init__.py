"""What can be asked of the program at its command line, a file for each kind of work."""
