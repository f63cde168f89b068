"""What happens on air becomes events for webhooks."""
