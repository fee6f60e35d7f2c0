"""For who manages a program: an identity signal is marked as checked, or not checked after all."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from letters.domain.errors import InvalidInput
from letters.services import signals
from letters.web.errors import face_of, say_problem
from letters.web.guards import Guard, guarded
from letters.web.managing import back_to
from letters.web.signin import acting, signed_in
from letters.web.state import house
from letters.web.typed import showable

bp = Blueprint("signals", __name__, url_prefix="/coordinate/signals")


@bp.post("/<uuid:signal_id>/check")
@guarded(Guard.COORDINATOR)
def check(signal_id: UUID) -> ResponseReturnValue:
    """Mark a signal as checked, and keep the reason."""
    reason = request.form.get("reason", "")
    try:
        with house().works.change(acting()) as work:
            application, signal = signals.managed_signal(work, signed_in(), signal_id)
            signals.mark_checked(work, application, signal, reason)
    except InvalidInput as invalid:
        problem = " ".join(map(say_problem, invalid.problems))
        return _not_marked(signal_id, problem, reason), face_of(invalid).status
    return back_to(application)


@bp.post("/<uuid:signal_id>/uncheck")
@guarded(Guard.COORDINATOR)
def uncheck(signal_id: UUID) -> ResponseReturnValue:
    """Take it back."""
    with house().works.change(acting()) as work:
        application, signal = signals.managed_signal(work, signed_in(), signal_id)
        signals.mark_unchecked(work, application, signal)
    return back_to(application)


def _not_marked(signal_id: UUID, problem: str, reason: str) -> str:
    """Return the form once more, with what was typed."""
    with house().works.look(acting()) as work:
        application, signal = signals.managed_signal(work, signed_in(), signal_id, lock=False)
        referee = signal.request.referee_name
    return render_template(
        "coordinator/signal.html",
        application=application,
        referee=referee,
        signal=signal,
        problem=problem,
        reason=showable(reason),
    )
