"""Removing a person from everything that the project keeps, and proving it."""
