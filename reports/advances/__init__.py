"""What is shown of advances: plans, notices, reconciliation with the bank, a year."""
