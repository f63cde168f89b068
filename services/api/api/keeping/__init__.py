"""Keeping the library: editing and taking it back, deleting and restoring, merging what is there twice."""
