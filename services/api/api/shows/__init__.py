"""Shows: what a station's streamers call what they do, and whose it is."""
