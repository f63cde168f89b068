"""`python -m stream_control`: serve."""

from kit.app import serve

from stream_control.app import create_app
from stream_control.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
