"""The seven integrated investigation forms (IIF-1 to IIF-7): which box is fed by what, as data; how they are filled."""
