"""Replays of past dates: how well each score told what came, beside what people use instead."""
