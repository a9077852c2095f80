"""Times of whole commands."""
