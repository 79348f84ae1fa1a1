"""The door for servers: `app`, with the settings of the environment."""

from zerowaste.config import read_settings
from zerowaste.web.app import create_app

app = create_app(read_settings())
