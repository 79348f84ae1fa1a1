"""Nonsense, made from the API's own document: whatever is sent, the answer is one the document promises.

ZEROWASTE_FUZZ=2000 digs deeper than the few examples an ordinary run can afford."""

import os
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.cast import ADA, FAY, PAULA
from tests.web.conftest import Running

EXAMPLES = int(os.environ.get("ZEROWASTE_FUZZ", "12"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="ZEROWASTE_FUZZ" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "unfit"])
def test_no_nonsense_breaks_it(running: Running, mode: GenerationMode) -> None:
    """Content that fits the document and content that does not, to every operation, from people who
    together may open all of them."""
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", running.app)
    operations = document.exclude(path_regex="/probe/").get_all_operations()
    tokens = cycle([running.log_in(person).token for person in (PAULA, FAY, ADA)])
    broken = []
    for result in operations:
        operation = result.ok()

        @FUZZ
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Case[Any]) -> None:
            # What fits the document may still be against the law or the books: 422 is an answer.
            case.call_and_validate(
                headers={"Authorization": f"Bearer {next(tokens)}"},
                excluded_checks=[positive_data_acceptance],
            )

        try:
            ask()
        except Unsatisfiable:  # it takes nothing that could be wrong
            continue
        except FailureGroup as fault:  # every operation gets its turn; all faults are told together
            broken.append(f"{operation.label}: {fault}\n{fault.exceptions}")
    assert not broken, "\n\n".join(broken)
