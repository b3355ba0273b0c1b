"""Made-up jobs by the million: what `manage.py seed` fills a database with, and how it empties it again.

`vocabulary` says what they are about, `lives` what becomes of them, `rows` writes them down for COPY, `load`
carries them in, `people` knows whose they are and takes them out again.
"""
