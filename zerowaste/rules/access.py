"""Who may: the actor, and the questions asked of him. Default deny."""

from dataclasses import dataclass

from zerowaste.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: one account, with the places its memberships give it.

    `organisations` and `sites` are ids; `regions` are code prefixes (`3601`, `360111`, a street) that a
    regulator's eye reaches; `credential` names the token used, for the event's evidence."""

    user_id: int
    login: str
    role: Role
    organisations: frozenset[int]
    sites: frozenset[int]
    regions: tuple[str, ...] = ()
    credential: str = ""

    def oversees(self, region: str | None) -> bool:
        """Whether a place with this street or district code lies in the regulator's region."""
        if self.role is Role.ADMINISTRATOR:
            return True
        if self.role is not Role.REGULATOR or not region:
            return False
        return any(region.startswith(prefix) for prefix in self.regions)
