"""The register of unclaimed property (लावारिस संपत्ति): what was found and belongs to nobody who is known."""
