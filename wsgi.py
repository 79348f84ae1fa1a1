"""The door for servers: `app`, with the settings of the environment, and `flask` with its commands."""

from zerowaste.cli.commands import install_commands
from zerowaste.config import WrongSetting, read_settings
from zerowaste.rules.stream_files import StreamFileError
from zerowaste.web.app import create_app

try:
    app = create_app(read_settings())
except (WrongSetting, StreamFileError) as wrong:
    # Whoever starts the service can mend it, and needs the sentence, not the way through our code.
    raise SystemExit(f"无法启动 Cannot start: {wrong}") from None
install_commands(app.cli)
