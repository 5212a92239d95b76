"""What people use instead of a card, fitted on the same rows under one tuning budget.

Every peer has the same number of settings, written here and nowhere else; the one that does best
on earlier origins is fitted again on all rows to learn from.
"""
