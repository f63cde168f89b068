"""A podcast for each show: episodes are airchecks that somebody published."""
