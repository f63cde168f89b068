"""Uploads to the library that can be resumed: tus 1.0, at any pace, over any number of connections."""
