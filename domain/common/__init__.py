"""What the registers have in common: how a matter is kept, persons by code, days, hand-overs, corrections, ties."""
