"""What people at the desk do with personal accounts: lists in, batches made.

One module an act (credit, make_up, payout, person) or a list (import_…).
"""
