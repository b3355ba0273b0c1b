"""The version that the API, the pages and the logs show; pyproject.toml says the same."""

VERSION = "0.1.0"
