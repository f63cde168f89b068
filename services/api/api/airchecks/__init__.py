"""Airchecks: what streamers' shows become once they are recorded."""
