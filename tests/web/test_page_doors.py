"""Who may open which page: every page × everybody × their own and others' data, as for the API."""

from typing import Any

import pytest

from tests.cast import ADA, CAST, DAN, DORA, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import OTHER, PLANT, WORKS
from tests.web.acts import fresh
from tests.web.conftest import Running
from tests.web.mixed import (
    AT_PLANT,
    AT_WORKS,
    EVERYBODY,
    OVERSEERS,
    SEE_FAR,
    SEE_OLAFS,
    SEE_ONWARD,
    SEE_PAULAS,
    Door,
    Mixed,
    role,
)
from tests.web.mixed import mixed as mixed  # the fixture
from zerowaste.vocabulary import Role
from zerowaste.web.views import declared_views


def act_form(mixed: Mixed) -> dict[str, Any]:
    """An act without an id: who may see the manifest gets the form back."""
    return {"data": {"note": "x"}}


def end_form(mixed: Mixed) -> dict[str, Any]:
    """The end of an incident that there is not."""
    return {"data": {"id": fresh()}}


def of_manifests(tail: str) -> list[Door]:
    return [
        Door("GET", f"/manifests/{{{name}}}{tail}", may, through=(200, 422))
        for name, may in (
            ("paulas", SEE_PAULAS), ("olafs", SEE_OLAFS), ("far", SEE_FAR), ("onward", SEE_ONWARD),
        )
    ]  # fmt: skip


def of_stores(tail: str) -> list[Door]:
    return [
        Door("GET", f"/sites/{WORKS}/stores{tail}", {PAULA, RITA, ADA}),
        Door("GET", f"/sites/{OTHER}/stores{tail}", {OLAF, RITA, RUTH, ADA}),
        Door("GET", f"/sites/{PLANT}/stores{tail}", {FAY, RITA, RUTH, ADA}),
    ]


WATCHERS = role(Role.REGULATOR, Role.ADMINISTRATOR)
TREATERS = role(Role.FACILITY, Role.REGULATOR, Role.ADMINISTRATOR)
PLANNERS = role(Role.PRODUCER, Role.FACILITY, Role.DISPATCHER)
# Page → its doors.
DOORS: dict[str, list[Door]] = {
    "manifest_pages.list_manifests": [Door("GET", "/manifests", EVERYBODY)],
    "manifest_pages.save_manifests": [Door("GET", "/manifests.csv", EVERYBODY)],
    "manifest_pages.show_manifest": of_manifests(""),
    "manifest_pages.show_act": of_manifests("/acts/opinion"),
    "manifest_pages.act": [
        Door("POST", "/manifests/{paulas}/acts/opinion", SEE_PAULAS, act_form, (422,)),
        Door("POST", "/manifests/{olafs}/acts/opinion", SEE_OLAFS, act_form, (422,)),
    ],
    "replanning_pages.begin": [
        Door("GET", "/manifests/{paulas}/acts/replan", SEE_PAULAS & PLANNERS, through=(200, 422)),
        Door("GET", "/manifests/{olafs}/acts/replan", SEE_OLAFS & PLANNERS, through=(200, 422)),
    ],
    "replanning_pages.go_on_planning": [
        Door("POST", "/manifests/{paulas}/acts/replan", SEE_PAULAS & PLANNERS, act_form, (200, 422)),
        Door("POST", "/manifests/{olafs}/acts/replan", SEE_OLAFS & PLANNERS, act_form, (200, 422)),
    ],
    "filing_pages.begin": [
        Door("GET", "/manifests/new", role(Role.PRODUCER, Role.FACILITY)),
        Door("GET", "/manifests/new?again={paulas}", SEE_PAULAS & role(Role.PRODUCER, Role.FACILITY)),
        Door("GET", "/manifests/new?again={olafs}", SEE_OLAFS & role(Role.PRODUCER, Role.FACILITY)),
    ],
    "filing_pages.go_on_filing": [
        Door("POST", "/manifests/new", role(Role.PRODUCER, Role.FACILITY), act_form, (200,))
    ],
    "gate_pages.show_gate": [Door("GET", "/gate", role(Role.FACILITY))],
    "gate_pages.weigh": [
        Door("GET", "/gate/{paulas}", {FAY}),
        Door("GET", "/gate/{onward}", {FAY, TESS}),
    ],
    "gate_pages.decide": [
        Door("POST", "/gate/{paulas}", {FAY}, act_form, (422,)),
        Door("POST", "/gate/{olafs}", {FAY}, act_form, (422,)),
    ],
    "store_pages.find_stores": [
        Door("GET", "/stores", role(Role.PRODUCER, Role.FACILITY), through=(200, 303))
    ],
    "store_pages.show_store": of_stores(""),
    "store_pages.save_store": of_stores(".csv") + of_stores(".xlsx"),
    "store_pages.send_onward": [
        Door("POST", f"/sites/{WORKS}/stores", {PAULA}, act_form, (303,)),
        Door("POST", f"/sites/{PLANT}/stores", {FAY}, act_form, (303,)),
    ],
    "store_pages.begin_lot": [Door("GET", f"/sites/{WORKS}/stores/new", {PAULA})],
    "store_pages.register": [Door("POST", f"/sites/{OTHER}/stores/new", {OLAF}, act_form, (422,))],
    "store_pages.begin_correction": [Door("GET", f"/sites/{WORKS}/stores/999999/correct", set())],
    "store_pages.correct": [
        Door("POST", f"/sites/{WORKS}/stores/999999/correct", {PAULA}, act_form, (422,)),
        Door("POST", f"/sites/{OTHER}/stores/999999/correct", {OLAF}, act_form, (422,)),
    ],
    "treatment_pages.list_treatments": [Door("GET", "/treatments", TREATERS)],
    "treatment_pages.save_treatments": [
        Door("GET", "/treatments.csv", TREATERS),
        Door("GET", "/treatments.xlsx", TREATERS),
    ],
    "treatment_pages.begin": [Door("GET", "/treatments/new", role(Role.FACILITY))],
    "treatment_pages.report": [Door("POST", "/treatments/new", role(Role.FACILITY), act_form, (422,))],
    "treatment_pages.show": [Door("GET", "/treatments/{batch}", {FAY, RITA, RUTH, ADA})],
    "treatment_pages.add": [Door("POST", "/treatments/{batch}", {FAY}, act_form, (200, 422))],
    "treatment_pages.undo": [Door("POST", "/treatments/{batch}/reverse", {FAY}, act_form, (422,))],
    "overview_pages.show_overview": [Door("GET", "/overview", role(Role.REGULATOR, Role.ADMINISTRATOR))],
    "overview_pages.save_overview": [Door("GET", "/overview.csv", role(Role.REGULATOR, Role.ADMINISTRATOR))],
    "finding_pages.list_findings": [Door("GET", "/findings", role(Role.REGULATOR, Role.ADMINISTRATOR))],
    "finding_pages.save_findings": [
        Door("GET", f"/findings.{kind}", role(Role.REGULATOR, Role.ADMINISTRATOR)) for kind in ("csv", "xlsx")
    ],
    "finding_pages.show_finding": [
        Door("GET", f"/findings/{AT_PLANT}", OVERSEERS),
        Door("GET", f"/findings/{AT_WORKS}", {RITA, ADA}),
    ],
    "finding_pages.dispose_of_finding": [
        Door("POST", f"/findings/{AT_PLANT}", OVERSEERS, act_form, (422,)),
        Door("POST", f"/findings/{AT_WORKS}", {RITA, ADA}, act_form, (422,)),
    ],
    "finding_pages.show_event": [
        Door("GET", f"/findings/{AT_WORKS}/events/{{batch}}", {RITA, ADA}),
    ],
    "indicator_pages.show_indicators": [
        Door("GET", "/indicators", WATCHERS),
        Door("GET", "/indicators?district=360102", {RITA, ADA}),
    ],
    "indicator_pages.save_indicators": [
        Door("GET", f"/indicators.{kind}", WATCHERS) for kind in ("csv", "xlsx")
    ],
    "indicator_pages.show_behind": [
        Door("GET", "/indicators/JS5/behind", WATCHERS),
        Door("GET", "/indicators/JS5/behind?district=360102", {RITA, ADA}),
    ],
    "reconciliation_pages.show_reconciliation": [Door("GET", "/reconciliation", WATCHERS)],
    "reconciliation_pages.save_reconciliation": [
        Door("GET", f"/reconciliation.{kind}", WATCHERS) for kind in ("csv", "xlsx")
    ],
    "yearly_pages.show_workbench": [Door("GET", "/indicators/yearly", WATCHERS)],
    "yearly_pages.compile_year": [Door("POST", "/indicators/yearly", {RITA}, act_form, (422,))],
    "yearly_pages.show_draft": [Door("GET", "/indicators/yearly/{batch}", set())],
    "yearly_pages.publish_year": [Door("POST", "/indicators/yearly/{batch}/publish", set(), act_form)],
    "register_pages.choose_register": [Door("GET", "/registers", EVERYBODY - {DAN, DREW})],
    "register_pages.save_register": [
        Door("GET", f"/registers/outgoing.{kind}", EVERYBODY - {DAN, DREW}) for kind in ("csv", "xlsx")
    ],
    "board_pages.show_board": [Door("GET", "/board", OVERSEERS | role(Role.FACILITY))],
    "board_pages.save_board": [
        Door("GET", f"/board.{kind}", OVERSEERS | role(Role.FACILITY)) for kind in ("csv", "xlsx")
    ],
    "board_pages.begin_what_if": [Door("GET", "/board/what-if", OVERSEERS)],
    "board_pages.ask_what_if": [Door("POST", "/board/what-if", OVERSEERS, act_form, (200, 422))],
    "search_pages.find": [Door("GET", "/search?q=x", EVERYBODY)],
    "incident_pages.list_incidents": [Door("GET", "/incidents", EVERYBODY)],
    "incident_pages.tell": [Door("POST", "/incidents", role(Role.PRODUCER, Role.FACILITY), act_form, (422,))],
    "incident_pages.tell_end": [Door("POST", f"/sites/{PLANT}/incidents/{{batch}}/end", set(), end_form)],
    "capacity_pages.find_capacity": [Door("GET", "/capacity", role(Role.FACILITY), through=(200, 303))],
    "capacity_pages.show_capacity": [
        Door("GET", f"/sites/{PLANT}/capacity", EVERYBODY),
        Door("GET", f"/sites/{WORKS}/capacity", {PAULA, RITA, ADA}),
    ],
    "chain_pages.show_chain": of_manifests("/chain"),
    "unclosed_pages.list_unclosed": [Door("GET", "/unclosed", EVERYBODY)],
    "unclosed_pages.save_unclosed": [
        Door("GET", "/unclosed.csv", EVERYBODY),
        Door("GET", "/unclosed.xlsx", EVERYBODY),
    ],
    "deadline_pages.list_deadlines": [Door("GET", "/deadlines", EVERYBODY - role(Role.DRIVER))],
    "deadline_pages.save_deadlines": [
        Door("GET", f"/deadlines.{kind}", EVERYBODY - role(Role.DRIVER)) for kind in ("csv", "xlsx")
    ],
    "message_pages.list_messages": [Door("GET", "/messages", EVERYBODY)],
    "message_pages.read_message": [Door("POST", f"/messages/{fresh()}/read", set(), act_form)],
    "message_pages.read_all": [Door("POST", "/messages/read", EVERYBODY, act_form, (303,))],
    "notification_pages.show_choices": [Door("GET", "/account/notifications", EVERYBODY)],
    "notification_pages.choose": [Door("POST", "/account/notifications", EVERYBODY, act_form, (422,))],
    "notification_pages.give_address": [Door("POST", "/account/mailbox", EVERYBODY, act_form, (422,))],
    "notification_pages.remove_address": [
        Door("POST", "/account/mailbox/remove", EVERYBODY, act_form, (303,))
    ],
    "notification_pages.list_webhooks": [Door("GET", "/webhooks", EVERYBODY - role(Role.DRIVER))],
    "notification_pages.add_webhook": [
        Door("POST", "/webhooks", EVERYBODY - role(Role.DRIVER), act_form, (422,))
    ],
    "notification_pages.remove_webhook": [Door("POST", "/webhooks/999999/remove", set(), act_form)],
    "account_pages.show_account": [Door("GET", "/account", EVERYBODY)],
    "account_pages.make_token": [Door("POST", "/account/tokens", EVERYBODY, act_form, (422,))],
    "account_pages.revoke": [Door("POST", "/account/tokens/999999/revoke", set(), act_form)],
    "account_pages.sign_out_everywhere": [],  # whoever signs out here, signs out himself: test_account.py
    "account_pages.set_password": [Door("POST", "/account/password", EVERYBODY, act_form, (422,))],
    "factor_pages.show_factors": [Door("GET", "/account/factors", EVERYBODY)],
    "factor_pages.begin": [Door("POST", "/account/authenticator/begin", EVERYBODY, act_form, (422,))],
    "factor_pages.turn_on": [Door("POST", "/account/authenticator", EVERYBODY, act_form, (422,))],
    "factor_pages.turn_off": [Door("POST", "/account/authenticator/off", EVERYBODY, act_form, (422,))],
    "factor_pages.renew_codes": [Door("POST", "/account/codes", EVERYBODY, act_form, (422,))],
    "factor_pages.show_codes": [Door("GET", "/account/codes", EVERYBODY, through=(303,))],
    "factor_pages.begin_passkey": [Door("POST", "/account/passkeys/options", EVERYBODY, act_form, (422,))],
    "factor_pages.add_passkey": [Door("POST", "/account/passkeys", EVERYBODY, act_form, (422,))],
    "factor_pages.remove_passkey": [Door("POST", "/account/passkeys/999999/remove", set(), act_form)],
    "administration.show_administration": [Door("GET", "/administration", {ADA})],
    "administration.list_rows": [
        Door("GET", f"/administration/{kind}", {ADA})
        for kind in ("organisations", "sites", "vehicles", "people", "permits", "quotas")
    ],
    "administration.save_rows": [
        Door("GET", f"/administration/{kind}", {ADA})
        for kind in (
            "organisations.csv",
            "sites.xlsx",
            "vehicles.csv",
            "people.csv",
            "permits.csv",
            "quotas.csv",
        )
    ],
    "administration_forms.begin_row": [Door("GET", "/administration/people/new", {ADA})],
    "administration_forms.add_row": [Door("POST", "/administration/people/new", {ADA}, act_form, (422,))],
    "administration_forms.show_row": [Door("GET", "/administration/people/1", {ADA})],
    "administration_forms.change_row": [Door("POST", "/administration/people/1", {ADA}, act_form, (422,))],
    "administration_forms.invite_person": [
        Door("POST", "/administration/people/1/invite", {ADA}, act_form, (303,))
    ],
    "administration_forms.show_invitation": [
        Door("GET", "/administration/people/1/invite", {ADA}, through=(303,))
    ],
    "administration_forms.turn_factor_off": [
        Door("POST", "/administration/people/1/factor-off", {ADA}, act_form, (303,))
    ],
    "inspection_pages.make_link": [
        Door("POST", "/manifests/{paulas}/inspection", {DAN, DORA}, act_form, (200,)),
        Door("POST", "/manifests/{olafs}/inspection", {DREW}, act_form, (200,)),
    ],
}

# Open to everybody, or about nothing but the session itself.
OPEN = {
    "home.show_home", "session.show_sign_in", "session.enter", "session.leave", "session.choose_language",
    "session.show_signed_in",
    "session.ask_code", "session.enter_code", "session.ask_passkey", "session.enter_with_passkey",
    "account_pages.show_invitation", "account_pages.take_up_invitation",
    "notification_pages.show_confirmation", "notification_pages.confirm_address",
    "seal_pages.list_seals", "seal_pages.save_seal",
    "yearly_pages.list_years", "yearly_pages.show_year", "yearly_pages.print_year",
    "yearly_pages.save_year", "yearly_pages.save_content", "yearly_pages.save_dictionary",
    "inspection_pages.inspect", "drive.show_drive", "drive.run_worker", "drive.describe_app",
}  # fmt: skip


def test_every_page_has_its_doors(running: Running) -> None:
    assert {name for name, view in declared_views(running.app).items() if view.page} == set(DOORS) | OPEN


def ask(mixed: Mixed, running: Running, door: Door, person: Person | None) -> int:
    path = door.path.format(
        paulas=mixed.paulas, olafs=mixed.olafs, far=mixed.far, onward=mixed.onward, batch=mixed.batch
    )
    signed = {"Authorization": f"Bearer {mixed.callers[person].token}"} if person else {}
    answer = running.client().open(path, method=door.method, headers=signed, **door.content(mixed))
    return int(answer.status_code)


@pytest.mark.parametrize("view", sorted(DOORS))
def test_everybody_at_every_page(running: Running, mixed: Mixed, view: str) -> None:
    for door in DOORS[view]:
        for person in CAST:
            status = ask(mixed, running, door, person)
            wanted = door.through if person in door.may else (403, 404)
            assert status in wanted, (view, door.method, door.path, person.login, status)


@pytest.mark.parametrize("view", sorted(DOORS))
def test_nobody_reads_a_page_without_signing_in(running: Running, mixed: Mixed, view: str) -> None:
    for door in DOORS[view]:
        assert ask(mixed, running, door, None) == 401
