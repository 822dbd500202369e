"""The register of deadlines: what was told of each legal clock of a record, and when it was told."""
