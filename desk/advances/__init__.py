"""What people do about advances: plan, notices, confirmation, the bank's statements."""
