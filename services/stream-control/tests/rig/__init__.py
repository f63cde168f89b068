"""What the tests of stream-control stand on: journals, sound files, real engines, and the service itself."""
