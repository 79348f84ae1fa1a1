"""What a browser calls itself (User-Agent), as people call it: for the list of where somebody is signed in.

Only a help to recognise one's own: a browser may say what it likes, and a tablet may say it is a Mac."""

from collections.abc import Sequence

BETWEEN = " · "
LONGEST = 40
# The first that is found: whoever is built on another names that one too.
_BROWSERS = (
    ("MicroMessenger/", "微信 WeChat"), ("DingTalk/", "钉钉 DingTalk"), ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"), ("HuaweiBrowser/", "Huawei Browser"), ("MiuiBrowser/", "Mi Browser"),
    ("SamsungBrowser/", "Samsung Internet"), ("OPR/", "Opera"), ("Edg", "Edge"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"),
    ("Windows", "Windows"), ("CrOS", "ChromeOS"), ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """Browser and system; of a program its first word; nothing where it says nothing."""
    known = [name for name in (_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)) if name]
    if known:
        return BETWEEN.join(known)
    word = user_agent.partition("/")[0].split(" ")[0]
    return word[:LONGEST] if word.isprintable() else ""


def _first(names: Sequence[tuple[str, str]], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
