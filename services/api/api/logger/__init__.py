"""The logger: what the station sent, hour by hour, as the recorder keeps it."""
