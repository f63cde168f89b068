"""How long airchecks are kept: a policy, what it would delete, and deleting that each night."""
