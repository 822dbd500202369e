"""The court's ledger: one Merkle log of every entry, signed checkpoints, and copies that anybody can check alone."""
