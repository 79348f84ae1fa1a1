"""What is told to whoever starts the demo city."""

from sqlmodel import Session

from zerowaste.services.demo import LOGINS, PASSWORD, is_demo


def login_lines(session: Session) -> list[str]:
    """What to tell whoever starts the demo: every login and its password. Nothing elsewhere."""
    if not is_demo(session):
        return []
    lines = ["演示城市：数据均为虚构。 The demo city: all of it is invented."]
    lines.append(f"密码均为 The password is always: {PASSWORD}")
    lines += [f"  {login:<11}{zh}  {en}" for login, (zh, en) in LOGINS.items()]
    return lines
