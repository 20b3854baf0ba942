"""For a WSGI server."""

from webmap import create_app

app = create_app()
