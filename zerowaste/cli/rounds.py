"""A round: everything that time alone brings about, done once. `flask tick` and `flask work` run the same."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from zerowaste import clock
from zerowaste.cli.workplace import say
from zerowaste.config import Settings
from zerowaste.db import Database
from zerowaste.rules.law import Law
from zerowaste.services.acts import expiry
from zerowaste.services.findings import auditing
from zerowaste.services.history import sealing
from zerowaste.services.messaging import deliveries, notices, nudging
from zerowaste.services.messaging.deliveries import Batch
from zerowaste.services.messaging.mailing import composed, mail_for
from zerowaste.services.messaging.postman import Postman, postman
from zerowaste.services.messaging.secret_box import SecretBox, Unreadable
from zerowaste.services.messaging.webhook_calls import NotDelivered, call, headers_for
from zerowaste.services.messaging.webhooks import call_for
from zerowaste.vocabulary import Channel

CALLS_AT_ONCE = 8
LONGEST_S = 50.0  # of sending; the next round goes on


@dataclass
class Did:
    """What a round did."""

    expired: int = 0
    sealed: int = 0
    found: int = 0
    gone: int = 0
    withdrawn: int = 0
    nudges: int = 0
    notices: int = 0
    sent: int = 0
    failed: int = 0
    given_up: int = 0

    def tell(self) -> None:
        """In a line a language."""
        say(
            f"作废联单 {self.expired} 份；封印 {self.sealed or '—'}；"
            f"新增问题线索 {self.found} 条，消除 {self.gone} 条。"
            f"催办 {self.nudges} 条，撤回 {self.withdrawn} 条；"
            f"告知 {self.notices} 条；"
            f"送达 {self.sent} 件，未达 {self.failed} 件，放弃 {self.given_up} 件。",
            f"{self.expired} manifest(s) expired; seal {self.sealed or '—'}; "
            f"{self.found} new finding(s), {self.gone} gone. "
            f"{self.nudges} nudge(s), {self.withdrawn} withdrawn; "
            f"{self.notices} notice(s); {self.sent} sent, {self.failed} not sent, {self.given_up} given up.",
        )


class Round:
    """One round at a moment. Every part is a transaction of its own, and may run twice or at the same time as
    another round: what is written is written once, what is sent has been claimed."""

    def __init__(
        self, database: Database, law: Law, settings: Settings, *, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._database, self._law, self._settings, self._now = database, law, settings, now
        self._box = SecretBox(settings.factor_keys)
        self.did = Did()

    def run(self) -> Did:
        """Expire, withdraw, nudge, tell, send."""
        self.bring_about()
        self.send()
        return self.did

    def bring_about(self) -> None:
        """What time brings about in the books and in people's messages."""
        now, law, transact = self._now(), self._law, self._database.transact
        while (batch := transact(lambda session: expiry.expire_due(session, law, now))) > 0:
            self.did.expired += batch
            if batch < expiry.BATCH:
                break
        self._audit()
        self._seal()
        met = transact(lambda session: nudging.met_nudges(session, law, now=now), write=False)
        if met:
            self.did.withdrawn += transact(lambda session: nudging.withdraw(session, met, now=now))
        for turn in transact(lambda session: nudging.turns_due(session, law, now=now), write=False):
            self._take(turn, now)
        while (told := transact(lambda session: notices.tell_notices(session, now=now))) > 0:
            self.did.notices += told

    def _audit(self) -> None:
        """What acts have touched since the last round is judged again."""
        now, law, transact = self._now(), self._law, self._database.transact
        examined = transact(lambda session: auditing.examine(session, law, now=now), write=False)
        kept = transact(lambda session: auditing.keep(session, examined))
        self.did.found, self.did.gone = kept.new, kept.gone

    def _seal(self) -> None:
        """What has happened since the last seal is sealed."""
        made = self._database.transact(
            lambda session: sealing.seal_when_due(session, self._settings.signing, now=self._now())
        )
        self.did.sealed = made.number if made else 0

    def _take(self, turn: nudging.Turn, now: datetime) -> None:
        """One turn to its end, some hundred nudges a transaction: nobody waits long for us."""
        law = self._law
        more = True
        while more:
            made = self._database.transact(lambda session: nudging.take(session, law, turn, now=now))
            self.did.nudges += made.nudges
            more = made.more and made.nudges > 0

    def send(self) -> None:
        """What is due to leave, until nothing is left or time is up."""
        channels = [Channel.WEBHOOK, *([Channel.EMAIL] if self._settings.mail.host else [])]
        until = time.monotonic() + LONGEST_S
        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool, postman(self._settings.mail) as sender:
            while time.monotonic() < until:
                now = self._now()
                claimed = self._database.transact(
                    lambda session, now=now: deliveries.claim(session, now=now, channels=channels)  # type: ignore[misc]
                )
                if not claimed:
                    break
                calls = [batch for batch in claimed if batch.channel is Channel.WEBHOOK]
                waiting = [pool.submit(self._settle, batch, self._call) for batch in calls]
                for batch in claimed:
                    if batch.channel is Channel.EMAIL:
                        self._settle(batch, lambda each: self._mail(sender, each))
                for each in waiting:
                    each.result()

    def _settle(self, batch: Batch, deliver: Callable[[Batch], bool]) -> None:
        """Deliver one batch, and write down how it went."""
        transact, now = self._database.transact, self._now
        try:
            if not deliver(batch):
                transact(lambda session: deliveries.mark_withdrawn(session, batch))
                return
        except NotDelivered as error:
            reason, for_good = str(error), error.for_good
            chance = random.random()  # noqa: S311 - spreads attempts, guards nothing
            gave_up = transact(
                lambda session: deliveries.mark_failed(
                    session, batch, reason, for_good=for_good, now=now(), chance=chance
                )
            )
            self.did.failed += 1
            self.did.given_up += gave_up
            return
        transact(lambda session: deliveries.mark_sent(session, batch, now=now()))
        self.did.sent += 1

    def _mail(self, sender: Postman, batch: Batch) -> bool:
        mail = self._database.transact(lambda session: mail_for(session, batch), write=False)
        if mail is None:
            return False
        settings = self._settings
        sender.send(composed(mail, sender=settings.mail.sender, base_url=settings.base_url, now=self._now()))
        return True

    def _call(self, batch: Batch) -> bool:
        try:
            wanted = self._database.transact(lambda session: call_for(session, batch, self._box), write=False)
        except Unreadable as error:
            raise NotDelivered("its secret cannot be read any more", for_good=True) from error
        if wanted is None:
            return False
        headers = headers_for(wanted.secret, str(batch.id), int(self._now().timestamp()), wanted.body)
        call(wanted.url, wanted.body, headers, loopback=self._settings.webhook_loopback)
        return True
