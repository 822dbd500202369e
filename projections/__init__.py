"""What is read: pure folds over entries into rows. No clock, no database, no other record than the entry's own."""
