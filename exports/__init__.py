"""What leaves the house as files: packs of a published generation, written, signed and verified."""
