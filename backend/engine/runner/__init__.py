"""The runner: starts and supervises the jobs' processes of one machine.

It knows no database and no network: its world is one Unix socket and the spool folder. Whoever wants a
job run talks to it through `engine.runner.client`; its promises are in docs/reference/runner-protocol.md.
"""
