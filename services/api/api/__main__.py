"""`python -m api`: serve."""

from kit.app import serve

from api.app import create_app
from api.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
