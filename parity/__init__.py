"""The second engine held against the first: the same project on both, every table compared."""
