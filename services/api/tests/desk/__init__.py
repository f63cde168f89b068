"""What the tests of api stand on: the service itself, people with tokens, sounds."""
