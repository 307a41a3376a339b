"""Everything that can reach us. What can be reached has ``register``; the composition root (``bot/app.py``) calls them.

- :mod:`handlers.api` what pipelines and services ask over HTTP: ``/v1/…``, ``/healthz``, ``/metrics``, ``/docs`` …
- :mod:`handlers.slack` what people do in Slack: buttons, dialogs, ``/jit``
- :mod:`handlers.door` what both stand behind: who and what is let in over HTTP
- :mod:`handlers.operator` what whoever runs the house asks of it from its command line
- :mod:`handlers.problems` the shape of every error over HTTP
- :mod:`handlers.refusals` the one place where a domain "no" becomes an answer to either
"""
