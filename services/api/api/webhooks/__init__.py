"""Webhooks: other programs are told what happens on the station, by signed requests that are retried for a day."""
