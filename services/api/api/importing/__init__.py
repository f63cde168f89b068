"""Whole collections in a folder become tracks, and the folder is followed: nightly, and whenever somebody asks."""
