"""Cards learned from what happened: rows, bins, trees, calibration, evidence."""
