"""The commands of `scoring`, a module for each group.

What a command needs is imported when it runs: `scoring --help` needs nothing.
"""
