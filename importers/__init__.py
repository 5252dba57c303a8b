"""Source documents (原始凭证): a file goes in, typed lines come out.

One module a form of FORMS.md, over one sheet reader that knows the place of
every cell; `importers.forms.read` recognises the form. No SQL and no reports.
"""
