"""Source documents (原始凭证): a file goes in, typed lines come out.

One module a form of FORMS.md, over one sheet reader that knows the place of
every cell; `importers.forms.opened` recognises the form. A fund form is read whole, a
list of people goes by in blocks. No SQL and no reports.
"""
