"""Show where a process stands: a written outline, and a drawing that says the same."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

import engine
from web.actors import current_actor

bp = Blueprint("diagrams", __name__)


@bp.get("/cases/<uuid:case_id>/diagrams")
def index(case_id: uuid.UUID) -> ResponseReturnValue:
    """Go to the outline of the root process; it lists the others."""
    case = engine.case_page(case_id, current_actor())
    root = case.instances[0]
    return redirect(url_for("diagrams.show", case_id=case_id, instance_id=root.id))


@bp.get("/cases/<uuid:case_id>/diagrams/<uuid:instance_id>")
def show(case_id: uuid.UUID, instance_id: uuid.UUID) -> ResponseReturnValue:
    """Show the outline of a running process, with the drawing beside it."""
    actor = current_actor()
    case = engine.case_page(case_id, actor)
    diagram = engine.case_diagram(case_id, instance_id, actor)
    return render_template(
        "diagram.html", case=case, diagram=diagram, instance_id=instance_id, part="diagram"
    )


@bp.get("/cases/<uuid:case_id>/diagrams/<uuid:instance_id>/drawing.bpmn")
def drawing(case_id: uuid.UUID, instance_id: uuid.UUID) -> ResponseReturnValue:
    """Return the BPMN that the browser draws."""
    diagram = engine.case_diagram(case_id, instance_id, current_actor())
    return Response(diagram.xml, mimetype="application/xml")
