"""The desk (工作台): what people do. The only place that knows all four stages.

One module a command; `cli.py` and `web/` on top only call those.
"""
