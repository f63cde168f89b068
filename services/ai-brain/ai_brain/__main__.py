"""`python -m ai_brain`: serve."""

from kit.app import serve

from ai_brain.app import create_app
from ai_brain.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
