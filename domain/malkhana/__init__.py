"""Articles in custody, of whatever register: what is kept of each, and the acts by which they move, rest and end."""
