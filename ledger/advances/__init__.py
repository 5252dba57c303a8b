"""Advances beyond their vouchers: plans, notices, bank statements, suspensions."""
