"""Reports on personal accounts: statement, statistics, budget, uses, batches.

Amounts come from movements of batches that count: those counted, and those undone,
whose reversal takes them back. People are named whole only where they are asked for
by id, or where a role that may sees them unmasked (ledger/people/disclosing.py).
"""
