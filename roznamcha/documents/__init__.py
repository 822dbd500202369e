"""Documents: files that hang on entries, stored by their digest, encrypted where sealed, verified whenever read."""
