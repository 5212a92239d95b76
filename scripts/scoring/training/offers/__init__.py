"""Appetite for offers: what is usual for each, and the card of a person and an offer."""
