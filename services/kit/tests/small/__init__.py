"""A small service to try the kit on."""
