"""The checks behind `yibao check`: one module a kind; reports/reconcile.py calls all.

`sources` says what the books must hold, `books` what they hold; the others compare
the two, or look at the store itself, and yield `findings`.
"""
