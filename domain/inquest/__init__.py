"""The inquest register (मर्ग): deaths that were not natural, or may not have been."""
