"""Put the web application together: routes, languages, security headers, refusals."""

from __future__ import annotations

import uuid
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, request, url_for
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

import engine
from web import (
    actors,
    addresses,
    administration,
    adoption,
    answers,
    banners,
    calendar_feeds,
    carrying,
    case_list,
    case_migration,
    cases,
    codes,
    comparisons,
    corrections,
    deliveries,
    demonstration,
    diagrams,
    differences,
    documents,
    draft_decisions,
    draft_facts,
    draft_letters,
    draft_milestones,
    draft_reasons,
    draft_timescales,
    drafts,
    drawings,
    errors,
    figures,
    form_canvas,
    form_drafts,
    form_trials,
    form_words,
    gate,
    genogram_canvas,
    genogram_sheets,
    genograms,
    histories,
    incidents,
    invitations,
    language,
    meetings,
    notes,
    notices,
    outlines,
    own_account,
    paging,
    papers,
    people,
    people_import,
    plans,
    proceedings,
    public,
    sandboxes,
    scenarios,
    sections,
    sights,
    sign_in,
    single_sign_on,
    spreadsheets,
    statements,
    stationery,
    summaries,
    tasks,
    texts,
    timeline_faces,
    timelines,
    today,
    translation,
    upgrading,
    variations,
)

BUILD = Path(__file__).parent / "static" / "build"
MEGABYTE = 1024 * 1024

csrf = CSRFProtect()


def create_app(settings: engine.Settings) -> Flask:
    """Return the application; the database is the one that `engine.connect` opened.

    Raises:  ValueError, where the secret key is missing or short.
    """
    if len(settings.secret_key) < 32:
        raise ValueError(
            "ADOLYGU_SECRET_KEY is missing or shorter than 32 characters. Set a long random one."
        )
    app = Flask(__name__)
    secure = not settings.demonstration
    app.config.update(
        SECRET_KEY=settings.secret_key,
        DEMONSTRATION=settings.demonstration,
        BASE_URL=settings.base_url,
        SESSION_COOKIE_NAME="__Host-adolygu" if secure else "adolygu",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=64 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=32 * MEGABYTE,
        MAX_FORM_PARTS=20_000,
        # No key of a form holds a hyphen, so what belongs to the page itself cannot meet one.
        WTF_CSRF_FIELD_NAME="page-csrf",
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.config[scenarios.PLAY] = scenarios.play_beside
    csrf.init_app(app)
    for noun in (
        sign_in,
        single_sign_on,
        invitations,
        own_account,
        today,
        tasks,
        case_list,
        spreadsheets,
        sections,
        cases,
        adoption,
        incidents,
        documents,
        genograms,
        genogram_canvas,
        genogram_sheets,
        codes,
        timeline_faces,
        summaries,
        papers,
        timelines,
        stationery,
        variations,
        case_migration,
        draft_decisions,
        draft_facts,
        draft_letters,
        draft_milestones,
        draft_reasons,
        draft_timescales,
        drafts,
        form_canvas,
        form_trials,
        form_drafts,
        comparisons,
        carrying,
        upgrading,
        outlines,
        drawings,
        people,
        administration,
        people_import,
        plans,
        proceedings,
        histories,
        sights,
        corrections,
        meetings,
        notes,
        notices,
        gate,
        public,
        sandboxes,
        scenarios,
        deliveries,
        figures,
        language,
        calendar_feeds,
        demonstration,
        diagrams,
        statements,
        translation,
    ):
        app.register_blueprint(noun.bp)
    sights.watch(app)
    errors.register(app)
    app.before_request(_refuse_nul)
    app.before_request(sign_in.require_actor)
    app.after_request(_add_security_headers)
    _prepare_templates(app)
    app.wsgi_app = addresses.WelshPrefix(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _refuse_nul() -> None:
    """Refuse a NUL, which no browser types and no database keeps, in all but answers.

    Forms say at its own input that an answer has a sign in it that cannot be kept.
    """
    for name, value in request.form.items(multi=True):
        takes_answers = request.endpoint in (
            "tasks.answer",
            "sections.answer",
            "documents.save",
            "sandboxes.answer",
        )
        if "\0" in value and (name.startswith("page-") or not takes_answers):
            abort(400)


def _prepare_templates(app: Flask) -> None:
    own = app.jinja_loader
    assert own is not None
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([own, macros])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext,
        lambda one, many, num: texts.translations(addresses.current_language()).ungettext(
            one, many, num
        ),
        newstyle=True,
    )
    app.jinja_env.filters.update(
        say=texts.say,
        day=texts.day,
        moment=texts.moment,
        days_left=texts.days_left,
        when=texts.when,
        as_typed=texts.as_typed,
        genogram_canvas=genogram_canvas.genogram_canvas,
    )
    app.jinja_env.globals.update(
        asset=_asset,
        clock_state=texts.clock_state,
        late_by=texts.late_by,
        late_or_early=texts.late_or_early,
        clock_colour=texts.clock_colour,
        case_state=texts.case_state,
        case_relation=texts.case_relation,
        section_colour=texts.section_colour,
        section_state=texts.section_state,
        token_state=texts.token_state,
        escalation=texts.escalation,
        event_name=texts.event_name,
        instance_state=texts.instance_state,
        step_kind=texts.step_kind,
        why_not_sent=texts.why_not_sent,
        incident_told=texts.incident_told,
        incident_meanwhile=texts.incident_meanwhile,
        alike_told=texts.alike_told,
        cite_told=texts.cite_told,
        guidance_told=texts.guidance_told,
        member_told=texts.member_told,
        source_told=texts.source_told,
        asked_types=engine.ASKED_TYPES,
        plain_types=engine.PLAIN_FIELD_TYPES,
        field_types=engine.FIELD_TYPES,
        type_name=form_words.type_name,
        type_hint=form_words.type_hint,
        property_name=form_words.property_name,
        choice_name=form_words.choice_name,
        coordinates=_coordinates,
        may_start_cases=_may_start_cases,
        answers=answers.answers,
        can_write_pdf=engine.can_write_pdf,
        paper_kinds=papers.kinds,
        differences=differences.differences,
        difference_pieces=comparisons.difference_pieces,
        refusal=texts.say_error,
        genogram_kinds=genograms.genogram_kinds,
        genogram_of=genograms.genogram_of,
        genogram_typed=genograms.genogram_typed,
        has_timeline=timelines.has_timeline,
        page_links=paging.links,
        pages_near=paging.near,
        rows_shown=texts.rows_shown,
        move_told=case_migration.told,
        move_verdict=case_migration.verdict,
        version_name=case_migration.version_name,
        act_name=corrections.act_name,
        act_done=corrections.act_done,
        proposal_state=corrections.proposal_state,
        proceeding_kind=proceedings.kind_name,
        proceeding_stage=proceedings.stage_name,
        proceeding_wait=proceedings.wait_name,
        said_once=banners.said,
        meeting_state=texts.meeting_state,
        meeting_how=texts.meeting_how,
        agenda_kind=texts.agenda_kind,
        code_kind=texts.code_kind,
        note_kind=texts.note_kind,
        note_class=texts.note_class,
        note_with=texts.note_with,
        message_state=texts.message_state,
        actor_name=_actor_name,
        may_check_content=_may_check_content,
        meeting_decisions=meetings.decisions_on,
        trial_step=sandboxes.step_words,
    )
    app.context_processor(_describe_page)


def _describe_page() -> dict[str, Any]:
    # A page for the public is the same for everybody: nobody's cookie is so much as looked at.
    return {
        "actor": None if request.blueprint == public.bp.name else actors.actor_or_none(),
        "language": addresses.current_language(),
        "other_language": addresses.other_language(),
        "this_page_in_other_language": addresses.this_page_in_other_language(),
        "shown_moment": demonstration.shown_moment(),
        "idle_minutes": int(engine.idle_limit().total_seconds()) // 60,
    }


def _actor_name() -> str:
    actor = actors.actor_or_none()
    return actor.name if actor else ""


def _coordinates() -> bool:
    actor = actors.actor_or_none()
    return actor is not None and engine.coordinates(actor)


def _may_start_cases() -> bool:
    actor = actors.actor_or_none()
    return actor is not None and engine.may_start(actor)


def _may_check_content(case_id: uuid.UUID) -> bool:
    actor = actors.actor_or_none()
    return actor is not None and engine.may_check_content(case_id, actor)


_hashes: dict[str, str] = {}


def _asset(name: str) -> str:
    """Return the address of a built file, which changes whenever the file does."""
    if name not in _hashes:
        _hashes[name] = sha256((BUILD / name).read_bytes()).hexdigest()[:12]
    address = url_for("static", filename=f"build/{name}", v=_hashes[name])
    return addresses.site_root() + address.removeprefix(request.root_path)


_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


def _add_security_headers(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if request.endpoint == "static":
        headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if "v" in request.args else "no-cache"
        )
    else:
        if request.blueprint != public.bp.name or response.status_code != 200:
            headers["Cache-Control"] = "no-store"
        headers["Content-Language"] = addresses.current_language()
    return response
