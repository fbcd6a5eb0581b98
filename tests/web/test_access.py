"""Who may reach every route; a route that is not in the table fails."""

from __future__ import annotations

import uuid
from datetime import date

import pytest

import engine
from engine.sign_in import use as use_sign_in
from tests.web.conftest import LIMITS, ON_SQLITE_ALONE, Site, Visitor

ANYBODY = "anybody"
SIGNED_IN = "whoever is signed in"
CASE = "whoever may see the case"
TASK = "whoever may see the task"
DOCUMENT = "whoever may read the document"
NOTE = "whoever may read the note"
CODES = "whoever may know who the codes of the case stand for"
TIMELINE = "whoever may read the merged timeline"
MEETING = "whoever sits in the meeting, or keeps it"
MEETING_KEEPER = "whoever keeps the meetings of the Board"
COORDINATOR = "who coordinates the case"
PROCEEDINGS = "whoever may know of the proceedings beside the case"
CHECKER = "who checks the report of the case"
CONFIRMER = "who proposed something on the case, or may confirm it"
ADOPTER = "who adopts reviews for the Board"
ADOPTED = "whoever may see the case that was adopted"
KEEPER = "who keeps people and settings of the Board"
ADMINISTRATOR = "who administers the Board"
STATIONER = "whoever sees to the papers of a Board"
MINDER = "whoever administers or coordinates a Board"
STUDIO = "whoever designs or administers for a Board"
DESIGNER = "who designs for a Board"
MOVER = "whoever coordinates cases of the Board"
MOVER_OR_STUDIO = "whoever moves cases of the Board, or may know how many"
COUNTER = "whoever sees the figures of a Board"

ROUTES = {
    "GET /": SIGNED_IN,
    "GET /about": ANYBODY,
    "GET /accessibility": ANYBODY,
    "GET /privacy": ANYBODY,
    "GET /static/<path:filename>": ANYBODY,
    "GET /sign-in": ANYBODY,
    "POST /sign-in": ANYBODY,
    "POST /sign-in/as": ANYBODY,
    "POST /sign-in/stay": SIGNED_IN,
    "GET /sign-in/code": ANYBODY,
    "POST /sign-in/code": ANYBODY,
    "GET /sign-in/provider": ANYBODY,
    "GET /sign-in/provider/answer": ANYBODY,
    "GET /account": SIGNED_IN,
    "POST /account/sessions": SIGNED_IN,
    "GET /account/password": SIGNED_IN,
    "POST /account/password": SIGNED_IN,
    "GET /account/second-factor": SIGNED_IN,
    "POST /account/second-factor": SIGNED_IN,
    "POST /sign-out": ANYBODY,
    "GET /sign-in/link": ANYBODY,
    "POST /sign-in/link": ANYBODY,
    "GET /invitation/<token>": ANYBODY,
    "POST /invitation/<token>": ANYBODY,
    "GET /invitation": ANYBODY,
    "POST /invitation": ANYBODY,
    "GET /language": SIGNED_IN,
    "POST /language": SIGNED_IN,
    "GET /calendar": SIGNED_IN,
    "POST /calendar": SIGNED_IN,
    "GET /calendar/<token>.ics": ANYBODY,
    "GET /meetings": SIGNED_IN,
    "GET /meetings/new": MINDER,
    "POST /meetings/new": MINDER,
    "GET /meetings/<uuid:meeting_id>": MEETING,
    "POST /meetings/<uuid:meeting_id>/papers": MEETING,
    "GET /meetings/<uuid:meeting_id>/change": MEETING_KEEPER,
    "POST /meetings/<uuid:meeting_id>/change": MEETING_KEEPER,
    "GET /meetings/<uuid:meeting_id>/record": MEETING_KEEPER,
    "POST /meetings/<uuid:meeting_id>/record": MEETING_KEEPER,
    "GET /meetings/<uuid:meeting_id>/items/new": MEETING_KEEPER,
    "POST /meetings/<uuid:meeting_id>/items/new": MEETING_KEEPER,
    "GET /meetings/<uuid:meeting_id>/items/<int:number>": MEETING_KEEPER,
    "POST /meetings/<uuid:meeting_id>/items/<int:number>": MEETING_KEEPER,
    "POST /meetings/<uuid:meeting_id>/tell": MEETING_KEEPER,
    "GET /demonstration/time": SIGNED_IN,
    "POST /demonstration/time": SIGNED_IN,
    "GET /tasks": SIGNED_IN,
    "GET /sent": SIGNED_IN,
    "GET /tasks/<uuid:task_id>": TASK,
    "POST /tasks/<uuid:task_id>": TASK,
    "GET /tasks/<uuid:task_id>/check": TASK,
    "POST /tasks/<uuid:task_id>/check": TASK,
    "POST /tasks/<uuid:task_id>/claim": TASK,
    "POST /tasks/<uuid:task_id>/release": TASK,
    "GET /tasks/<uuid:task_id>/give": TASK,
    "POST /tasks/<uuid:task_id>/give": TASK,
    "GET /tasks/<uuid:task_id>/saved": TASK,
    "GET /tasks/<uuid:task_id>/sections/<form>/<section>": TASK,
    "POST /tasks/<uuid:task_id>/sections/<form>/<section>": TASK,
    "GET /tasks/<uuid:task_id>/done": SIGNED_IN,
    "GET /today": MINDER,
    "GET /incidents": MINDER,
    "GET /tasks/<uuid:task_id>/rows/<path>": TASK,
    "POST /tasks/<uuid:task_id>/rows/<path>": TASK,
    "GET /tasks/<uuid:task_id>/rows/<path>/template.<kind>": TASK,
    "GET /cases": SIGNED_IN,
    "POST /cases": SIGNED_IN,
    "POST /cases/export": SIGNED_IN,
    "POST /cases/views": SIGNED_IN,
    "POST /cases/views/<uuid:view_id>/remove": SIGNED_IN,
    "GET /cases/start": SIGNED_IN,
    "POST /cases/start": SIGNED_IN,
    "GET /cases/<uuid:case_id>": CASE,
    "GET /cases/<uuid:case_id>/history": CASE,
    "GET /cases/<uuid:case_id>/legal-basis": CASE,
    "GET /cases/<uuid:case_id>/plan": CASE,
    "GET /cases/<uuid:case_id>/sights": COORDINATOR,
    "GET /cases/adopt": SIGNED_IN,
    "POST /cases/adopt": SIGNED_IN,
    "GET /cases/adopt/<uuid:adoption_id>": ADOPTER,
    "GET /cases/adopt/<uuid:adoption_id>/beginning": ADOPTER,
    "POST /cases/adopt/<uuid:adoption_id>/beginning": ADOPTER,
    "GET /cases/adopt/<uuid:adoption_id>/step": ADOPTER,
    "POST /cases/adopt/<uuid:adoption_id>/step": ADOPTER,
    "POST /cases/adopt/<uuid:adoption_id>/stand": ADOPTER,
    "POST /cases/adopt/<uuid:adoption_id>/take-back": ADOPTER,
    "GET /cases/adopt/<uuid:adoption_id>/people": ADOPTER,
    "POST /cases/adopt/<uuid:adoption_id>/people": ADOPTER,
    "GET /cases/adopt/<uuid:adoption_id>/check": ADOPTER,
    "POST /cases/adopt/<uuid:adoption_id>/check": ADOPTER,
    "POST /cases/adopt/<uuid:adoption_id>/give-up": ADOPTER,
    "GET /cases/<uuid:case_id>/adoption": ADOPTED,
    "POST /cases/<uuid:case_id>/adoption": CONFIRMER,
    "GET /cases/<uuid:case_id>/proceedings": PROCEEDINGS,
    "GET /cases/<uuid:case_id>/proceedings/new": COORDINATOR,
    "POST /cases/<uuid:case_id>/proceedings/new": COORDINATOR,
    "GET /cases/<uuid:case_id>/proceedings/<uuid:proceeding_id>/change": COORDINATOR,
    "POST /cases/<uuid:case_id>/proceedings/<uuid:proceeding_id>/change": COORDINATOR,
    "GET /cases/<uuid:case_id>/put-right": COORDINATOR,
    "GET /cases/<uuid:case_id>/put-right/<act>": COORDINATOR,
    "POST /cases/<uuid:case_id>/put-right/<act>": COORDINATOR,
    "GET /cases/<uuid:case_id>/proposals/<uuid:proposal_id>": CONFIRMER,
    "POST /cases/<uuid:case_id>/proposals/<uuid:proposal_id>": CONFIRMER,
    "GET /cases/<uuid:case_id>/documents": CASE,
    "GET /cases/<uuid:case_id>/messages": CASE,
    "GET /cases/<uuid:case_id>/notes": CASE,
    "GET /cases/<uuid:case_id>/notes/new": COORDINATOR,
    "POST /cases/<uuid:case_id>/notes/new": COORDINATOR,
    "GET /cases/<uuid:case_id>/notes/<uuid:note_id>": NOTE,
    "GET /cases/<uuid:case_id>/notes/<uuid:note_id>/amend": COORDINATOR,
    "POST /cases/<uuid:case_id>/notes/<uuid:note_id>/amend": COORDINATOR,
    "GET /cases/<uuid:case_id>/codes": CODES,
    "POST /cases/<uuid:case_id>/codes": CODES,
    "GET /cases/<uuid:case_id>/codes/<uuid:code_id>": CODES,
    "POST /cases/<uuid:case_id>/codes/<uuid:code_id>": CODES,
    "GET /cases/<uuid:case_id>/timeline": TIMELINE,
    "POST /cases/<uuid:case_id>/timeline": TIMELINE,
    "GET /cases/<uuid:case_id>/timeline/chart.<kind>": TIMELINE,
    "GET /cases/<uuid:case_id>/timeline/findings": TIMELINE,
    "POST /cases/<uuid:case_id>/timeline/findings": TIMELINE,
    "GET /cases/<uuid:case_id>/people": CASE,
    "GET /cases/<uuid:case_id>/diagrams": CASE,
    "GET /cases/<uuid:case_id>/diagrams/<uuid:instance_id>": CASE,
    "GET /cases/<uuid:case_id>/diagrams/<uuid:instance_id>/drawing.bpmn": CASE,
    "GET /cases/<uuid:case_id>/content-check": CHECKER,
    "POST /cases/<uuid:case_id>/content-check": CHECKER,
    "GET /reports/<board_key>": ANYBODY,
    "GET /reports/<board_key>/<uuid:reference>": ANYBODY,
    "GET /reports/<board_key>/<uuid:reference>/briefing": ANYBODY,
    "GET /cases/<uuid:case_id>/side": CASE,
    "POST /cases/<uuid:case_id>/side": CASE,
    "POST /cases/<uuid:case_id>/incidents/<uuid:incident_id>/retry": COORDINATOR,
    "POST /cases/<uuid:case_id>/people": COORDINATOR,
    "POST /cases/<uuid:case_id>/people/<uuid:appointment_id>/end": COORDINATOR,
    "POST /cases/<uuid:case_id>/people/<uuid:appointment_id>/link": COORDINATOR,
    "POST /cases/<uuid:case_id>/people/invite": COORDINATOR,
    "GET /cases/<uuid:case_id>/letters/<uuid:notice_id>": COORDINATOR,
    "POST /cases/<uuid:case_id>/letters/<uuid:notice_id>": COORDINATOR,
    "GET /cases/<uuid:case_id>/letters/<uuid:notice_id>/paper": COORDINATOR,
    "GET /cases/<uuid:case_id>/letters/<uuid:notice_id>/paper.<kind>": COORDINATOR,
    "GET /stationery": STATIONER,
    "GET /stationery/<key>": STATIONER,
    "GET /stationery/<key>/head": STATIONER,
    "POST /stationery/<key>/head": STATIONER,
    "GET /stationery/<key>/<kind>/<name>": STATIONER,
    "POST /stationery/<key>/<kind>/<name>": STATIONER,
    "GET /stationery/<key>/<kind>/<name>/trial": STATIONER,
    "GET /variations": STUDIO,
    "GET /variations/<key>": STUDIO,
    "GET /variations/<key>/begin": DESIGNER,
    "POST /variations/<key>/begin": DESIGNER,
    "GET /variations/<key>/moving": MOVER_OR_STUDIO,
    "POST /variations/<key>/moving": MOVER,
    "GET /variations/<key>/moving/check": MOVER_OR_STUDIO,
    "POST /variations/<key>/moving/check": MOVER,
    "GET /variations/<key>/moving/<uuid:case_id>": MOVER,
    "GET /variations/<key>/moving/<uuid:case_id>/back": MOVER,
    "POST /variations/<key>/moving/<uuid:case_id>/back": MOVER,
    "GET /variations/<key>/compare": STUDIO,
    "GET /variations/<key>/compare/drawn": STUDIO,
    "GET /variations/<key>/compare/drawing.bpmn": STUDIO,
    "GET /variations/<key>/versions/<int:number>/export": STUDIO,
    "GET /variations/<key>/import": DESIGNER,
    "POST /variations/<key>/import": DESIGNER,
    "GET /drafts/<uuid:draft_id>": STUDIO,
    "GET /drafts/<uuid:draft_id>/compare": STUDIO,
    "GET /drafts/<uuid:draft_id>/export": STUDIO,
    "GET /drafts/<uuid:draft_id>/upgrade": STUDIO,
    "POST /drafts/<uuid:draft_id>/upgrade": DESIGNER,
    "POST /drafts/<uuid:draft_id>/restore": DESIGNER,
    "GET /drafts/<uuid:draft_id>/files/<path:path>": STUDIO,
    "POST /drafts/<uuid:draft_id>/files/<path:path>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/checks": STUDIO,
    "POST /drafts/<uuid:draft_id>/checks": STUDIO,
    "GET /drafts/<uuid:draft_id>/publish": STUDIO,
    "POST /drafts/<uuid:draft_id>/publish": STUDIO,
    "GET /drafts/<uuid:draft_id>/decisions": STUDIO,
    "GET /drafts/<uuid:draft_id>/decisions/new": STUDIO,
    "POST /drafts/<uuid:draft_id>/decisions/new": DESIGNER,
    "GET /drafts/<uuid:draft_id>/decisions/<decision>": STUDIO,
    "POST /drafts/<uuid:draft_id>/decisions/<decision>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/decisions/<decision>/canvas": STUDIO,
    "GET /drafts/<uuid:draft_id>/decisions/<decision>/head": STUDIO,
    "POST /drafts/<uuid:draft_id>/decisions/<decision>/head": DESIGNER,
    "GET /drafts/<uuid:draft_id>/decisions/<decision>/rules/<row>": STUDIO,
    "POST /drafts/<uuid:draft_id>/decisions/<decision>/rules/<row>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/decisions/<decision>/columns/<column>": STUDIO,
    "POST /drafts/<uuid:draft_id>/decisions/<decision>/columns/<column>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/timescales": STUDIO,
    "GET /drafts/<uuid:draft_id>/timescales/<timescale>": STUDIO,
    "POST /drafts/<uuid:draft_id>/timescales/<timescale>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/facts": STUDIO,
    "GET /drafts/<uuid:draft_id>/facts/<fact>": STUDIO,
    "POST /drafts/<uuid:draft_id>/facts/<fact>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/milestones": STUDIO,
    "GET /drafts/<uuid:draft_id>/milestones/<milestone>": STUDIO,
    "POST /drafts/<uuid:draft_id>/milestones/<milestone>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/letters": STUDIO,
    "GET /drafts/<uuid:draft_id>/letters/<letter>": STUDIO,
    "POST /drafts/<uuid:draft_id>/letters/<letter>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/reasons": STUDIO,
    "GET /drafts/<uuid:draft_id>/reasons/<reading>": STUDIO,
    "POST /drafts/<uuid:draft_id>/reasons/<reading>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/new": DESIGNER,
    "POST /drafts/<uuid:draft_id>/forms/new": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/<form_id>": STUDIO,
    "POST /drafts/<uuid:draft_id>/forms/<form_id>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/<form_id>/settings": STUDIO,
    "POST /drafts/<uuid:draft_id>/forms/<form_id>/settings": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/<form_id>/sections/new": STUDIO,
    "POST /drafts/<uuid:draft_id>/forms/<form_id>/sections/new": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/<form_id>/parts/<part_id>": STUDIO,
    "POST /drafts/<uuid:draft_id>/forms/<form_id>/parts/<part_id>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/<form_id>/parts/<part_id>/new": STUDIO,
    "POST /drafts/<uuid:draft_id>/forms/<form_id>/parts/<part_id>/new": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/<form_id>/rules/<int:number>": STUDIO,
    "POST /drafts/<uuid:draft_id>/forms/<form_id>/rules/<int:number>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/<form_id>/canvas": DESIGNER,
    "POST /drafts/<uuid:draft_id>/forms/<form_id>/canvas": DESIGNER,
    "GET /drafts/<uuid:draft_id>/forms/<form_id>/preview": STUDIO,
    "POST /drafts/<uuid:draft_id>/forms/<form_id>/preview": STUDIO,
    "GET /drafts/<uuid:draft_id>/try": DESIGNER,
    "POST /drafts/<uuid:draft_id>/try": DESIGNER,
    "GET /drafts/<uuid:draft_id>/try/<int:number>": DESIGNER,
    "POST /drafts/<uuid:draft_id>/try/<int:number>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/try/<int:number>/drawing.bpmn": DESIGNER,
    "GET /drafts/<uuid:draft_id>/try/<int:number>/scenario.toml": DESIGNER,
    "GET /drafts/<uuid:draft_id>/try/<int:number>/tasks/<key>": DESIGNER,
    "POST /drafts/<uuid:draft_id>/try/<int:number>/tasks/<key>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/scenarios": DESIGNER,
    "POST /drafts/<uuid:draft_id>/scenarios": DESIGNER,
    "GET /drafts/<uuid:draft_id>/scenarios/<int:number>.toml": DESIGNER,
    "GET /drafts/<uuid:draft_id>/scenarios/coverage/<process>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/scenarios/coverage/<process>/drawing.bpmn": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>": STUDIO,
    "GET /drafts/<uuid:draft_id>/processes/<process>/ways/<flow>/add": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/ways/<flow>/add": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/ways/<flow>/split": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/ways/<flow>/split": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/ways/<flow>": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/ways/<flow>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/ways/<flow>/remove": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/ways/<flow>/remove": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/gateways/<gateway>/add": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/gateways/<gateway>/add": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/steps/<element>": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/steps/<element>": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/steps/<element>/move": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/steps/<element>/move": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/steps/<element>/remove": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/steps/<element>/remove": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/steps/<element>/reminder": DESIGNER,
    "POST /drafts/<uuid:draft_id>/processes/<process>/steps/<element>/reminder": DESIGNER,
    "GET /drafts/<uuid:draft_id>/new-process": DESIGNER,
    "POST /drafts/<uuid:draft_id>/new-process": DESIGNER,
    "GET /drafts/<uuid:draft_id>/processes/<process>/canvas": STUDIO,
    "POST /drafts/<uuid:draft_id>/processes/<process>/findings": STUDIO,
    "GET /drafts/<uuid:draft_id>/ways/<int:number>": STUDIO,
    "GET /undelivered": MINDER,
    "GET /translation": MINDER,
    "GET /translation/texts.csv": MINDER,
    "GET /translation/<path:file>": MINDER,
    "POST /undelivered/<key>/again": COORDINATOR,
    "GET /settings": KEEPER,
    "POST /settings": ADMINISTRATOR,
    "GET /settings/<key>": KEEPER,
    "GET /settings/<key>/targets": KEEPER,
    "GET /settings/<key>/sign-in": ADMINISTRATOR,
    "POST /settings/<key>/sign-in": ADMINISTRATOR,
    "GET /settings/<key>/name": ADMINISTRATOR,
    "POST /settings/<key>/name": ADMINISTRATOR,
    "GET /settings/<key>/bodies": KEEPER,
    "POST /settings/<key>/bodies": KEEPER,
    "GET /settings/<key>/requests": KEEPER,
    "POST /settings/<key>/requests": KEEPER,
    "GET /settings/<key>/agencies": KEEPER,
    "POST /settings/<key>/agencies": KEEPER,
    "GET /settings/<key>/people": KEEPER,
    "POST /settings/<key>/people": KEEPER,
    "GET /settings/<key>/people/add": KEEPER,
    "POST /settings/<key>/people/add": KEEPER,
    "GET /settings/<key>/people/<uuid:account_id>": KEEPER,
    "POST /settings/<key>/people/<uuid:account_id>": ADMINISTRATOR,
    "GET /settings/<key>/people/<uuid:account_id>/sights": KEEPER,
    "GET /settings/<key>/roles": KEEPER,
    "POST /settings/<key>/roles": KEEPER,
    "POST /settings/<key>/roles/<uuid:appointment_id>/end": KEEPER,
    "GET /settings/<key>/absences": KEEPER,
    "POST /settings/<key>/absences": KEEPER,
    "POST /settings/<key>/absences/<uuid:absence_id>/end": KEEPER,
    "GET /settings/<key>/import": KEEPER,
    "GET /settings/<key>/import/blank.csv": KEEPER,
    "POST /settings/<key>/import": KEEPER,
    "GET /figures": COUNTER,
    "GET /figures/statement": COUNTER,
    "POST /figures/table.csv": COUNTER,
    "POST /figures/events.xes": COUNTER,
    "GET /documents/<uuid:document_id>": DOCUMENT,
    "GET /documents/<uuid:document_id>/changes": DOCUMENT,
    "GET /documents/<uuid:document_id>/amend/<section>": COORDINATOR,
    "POST /documents/<uuid:document_id>/amend/<section>": COORDINATOR,
    "GET /tasks/<uuid:task_id>/genogram": TASK,
    "POST /tasks/<uuid:task_id>/genogram": TASK,
    "POST /tasks/<uuid:task_id>/genogram/drawing": TASK,
    "POST /documents/<uuid:document_id>/amend/<section>/drawing": COORDINATOR,
    "GET /documents/<uuid:document_id>/genogram.ged": DOCUMENT,
    "GET /documents/<uuid:document_id>/genogram/sheet.<kind>": DOCUMENT,
    "GET /tasks/<uuid:task_id>/summary": TASK,
    "POST /tasks/<uuid:task_id>/summary": TASK,
    "GET /documents/<uuid:document_id>/faces": DOCUMENT,
    "GET /documents/<uuid:document_id>/faces/<face>": DOCUMENT,
    "GET /documents/<uuid:document_id>/faces/<face>/paper": DOCUMENT,
    "GET /documents/<uuid:document_id>/faces/<face>/paper.<kind>": DOCUMENT,
    "GET /documents/<uuid:document_id>/paper": DOCUMENT,
    "GET /documents/<uuid:document_id>/paper.<kind>": DOCUMENT,
    "GET /uploads/<uuid:upload_id>": DOCUMENT,
}

#: What each kind of thing answers to somebody of another case, who may see none of it.
OF_A_CASE = (
    CASE,
    TASK,
    DOCUMENT,
    NOTE,
    CODES,
    TIMELINE,
    PROCEEDINGS,
    COORDINATOR,
    CHECKER,
    CONFIRMER,
    MEETING,
    MEETING_KEEPER,
    ADOPTER,
    ADOPTED,
)

#: What a member of the steering group does not do, nor know of.
NOT_FOR_MEMBERS = (COORDINATOR, CONFIRMER, MEETING_KEEPER, PROCEEDINGS, ADOPTER)

#: What somebody sends who means no good.
SENT = {
    "process": "staff_matter",
    "role": "observer",
    "account": str(uuid.uuid4()),
    "reason": "because",
    "page-reason": "because",
    "invite-role": "observer",
    "invite-name": "Non Puw",
    "invite-email": "non@example.test",
    "kind": "docx",
    "language": "en",
    "posted_on-day": "1",
    "posted_on-month": "6",
    "posted_on-year": "2026",
}

#: Those of the matrix, by a letter: what they hold on the Board of the case, on it, or elsewhere.
CAST = {
    "C": "Ffion Hughes",  # co-ordinates the Board's cases
    "S": "Gareth Evans",  # sits in the steering group
    "H": "Owain Rees",  # chairs the Board
    "W": "Carys Morgan",  # a worker on this case
    "a": "Rhys Vaughan",  # administers the Board, and sees no case
    "d": "Catrin Sayer",  # designs its forms and papers
    "u": "Aled Bevan",  # writes for an agency, on other cases of the Board
    "r": "Una Fletcher",  # reviews other cases of the Board
    "p": "Lowri Jenkins",  # takes part in this case, and has no page of it
    "o": "Alys Prydderch",  # co-ordinates another Board
    "x": "Cerys Maddox",  # chairs another Board
}

#: Who reaches what, of a consultation that is closed and its Board. Everybody else finds nothing.
#: What there is only on a review is reached by nobody here, and by whom there in tests of its own.
REACHED = {
    SIGNED_IN: "".join(CAST),
    CASE: "CSHW",
    TASK: "CSHW",
    DOCUMENT: "CSW",
    NOTE: "CH",
    CODES: "",
    TIMELINE: "",
    MEETING: "CS",
    MEETING_KEEPER: "C",
    COORDINATOR: "C",
    MOVER: "C",
    MOVER_OR_STUDIO: "Cad",
    PROCEEDINGS: "CH",
    CHECKER: "",
    CONFIRMER: "CH",
    ADOPTER: "C",
    ADOPTED: "",
    KEEPER: "Ca",
    ADMINISTRATOR: "a",
    STATIONER: "Cad",
    MINDER: "Cao",
    STUDIO: "ad",
    DESIGNER: "d",
    COUNTER: "CHox",
}

#: Routes that fewer or more people reach than others of their kind, and why.
REACHED_OTHERWISE = {
    # Whoever wrote a section amends it.
    "GET /documents/<uuid:document_id>/amend/<section>": "CW",
    "POST /documents/<uuid:document_id>/amend/<section>": "CW",
    # Who takes part may start what is beside a case, and is told that this one is closed.
    "POST /cases/<uuid:case_id>/side": "CSHWp",
    # The way to one's own Board, whichever that is.
    "GET /settings": "Cao",
    "GET /stationery": "Cado",
    # An administrator sees no case and no meeting.
    "GET /today": "Co",
    "GET /incidents": "Co",
    "GET /meetings/new": "Co",
    "POST /meetings/new": "Co",
}

#: What is there only where the case or the Board has it: nobody finds it here.
NOT_HERE = (
    "content-check",
    "<uuid:notice_id>",
    "<uuid:upload_id>",
    "/changes",
    "/faces",
    "genogram.ged",
    "genogram/sheet",
    "<kind>/<name>",
    "adopt/<uuid:adoption_id>/step",
    "compare/draw",
    "versions/<int:number>",
    "coverage/<process>",
    "<uuid:draft_id>/ways/",
    "/try/<int:number>",
    "/scenarios/<int:number>.toml",
)

#: What lets the reading of a spreadsheet come as far as asking whose Board it is.
READ = {"page-pasted": "Name\tEmail\nNon Puw\tnon@example.test"}


def test_every_route_says_who_may_reach_it(site: Site) -> None:
    found = {
        f"{method} {rule.rule}"
        for rule in site.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == set(ROUTES)


@ON_SQLITE_ALONE
@pytest.mark.parametrize("route", [route for route, who in ROUTES.items() if who != ANYBODY])
def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page(site: Site, route: str) -> None:
    answer = _ask(site.visitor(), route, _addresses(site))
    assert answer[0] == 303
    assert "/sign-in" in answer[1]


@pytest.mark.parametrize("route", [route for route, who in ROUTES.items() if who in OF_A_CASE])
def test_somebody_who_may_not_see_a_case_finds_nothing_there(site: Site, route: str) -> None:
    stranger = site.signed_in("Rhys Vaughan")
    assert _ask(stranger, route, _addresses(site))[0] == 404


@pytest.mark.parametrize("route", [route for route, who in ROUTES.items() if who in OF_A_CASE])
def test_what_does_not_exist_answers_as_what_may_not_be_seen(site: Site, route: str) -> None:
    nothing = {name: str(uuid.uuid4()) for name in _addresses(site)}
    member = site.signed_in("Ffion Hughes")
    assert _ask(member, route, nothing | {"form": "consent", "section": "parents"})[0] == 404


@pytest.mark.parametrize("route", [r for r, who in ROUTES.items() if who in NOT_FOR_MEMBERS])
def test_a_member_of_the_steering_group_may_not_do_what_the_coordinator_does(
    site: Site, route: str
) -> None:
    member = site.signed_in("Gareth Evans")
    people = {"account": str(site.people["Kyffin Davies"].account_id)}
    assert _ask(member, route, _addresses(site), people)[0] == 404


@pytest.mark.parametrize("route", [r for r, who in ROUTES.items() if who == COUNTER])
@pytest.mark.parametrize("name", ["Gareth Evans", "Rhys Vaughan", "Lowri Jenkins"])
def test_whoever_sees_no_figures_finds_none(site: Site, route: str, name: str) -> None:
    own = {"board": "cwmafon", "year": "2025"}
    assert _ask(site.signed_in(name), route, _addresses(site), own)[0] == 404


@pytest.mark.parametrize(
    "route", [r for r, who in ROUTES.items() if who in (KEEPER, ADMINISTRATOR)]
)
def test_settings_are_not_there_for_anybody_else(site: Site, route: str) -> None:
    addresses = _addresses(site) | {"key": "cwmafon"}
    for name in ("Gareth Evans", "Owain Rees", "Alys Prydderch"):
        if route not in ("GET /settings", "POST /settings") or name != "Alys Prydderch":
            assert _ask(site.signed_in(name), route, addresses, READ)[0] == 404


@pytest.mark.parametrize("route", [r for r, who in ROUTES.items() if who == ADMINISTRATOR])
def test_a_coordinator_does_not_do_what_an_administrator_does(site: Site, route: str) -> None:
    addresses = _addresses(site) | {"key": "cwmafon"}
    typed = {"name_en": "A", "name_cy": "B", "key": "other", "page-action": "disable"}
    assert _ask(site.signed_in("Ffion Hughes"), route, addresses, typed)[0] == 404


@pytest.mark.parametrize(
    "route", [r for r, who in ROUTES.items() if who == KEEPER and r.startswith("GET")]
)
def test_coordinator_and_administrator_see_every_page_of_settings(site: Site, route: str) -> None:
    addresses = _addresses(site) | {"key": "cwmafon"}
    for name in ("Ffion Hughes", "Rhys Vaughan"):
        assert _ask(site.signed_in(name), route, addresses)[0] in (200, 303)


@pytest.mark.parametrize(
    "route", [r for r, who in ROUTES.items() if who == CASE and r.startswith("GET")]
)
def test_the_coordinator_sees_every_page_of_a_case(site: Site, route: str) -> None:
    answer = _ask(site.signed_in("Ffion Hughes"), route, _addresses(site))
    assert answer[0] in (200, 302)


@pytest.mark.parametrize("letter", CAST)
def test_each_role_reaches_the_pages_of_the_table_and_no_other(site: Site, letter: str) -> None:
    visitor, addresses = site.signed_in(CAST[letter]), _addresses(site) | {"key": "cwmafon"}
    wrong = {}
    for route in _in_the_matrix("GET"):
        status = _ask(visitor, route, addresses)[0]
        # A task that is closed says so to whoever might have done it, and to nobody else.
        if (status in (200, 302, 303, 409)) != (letter in _reached(route)):
            wrong[route] = status
    assert wrong == {}


@pytest.mark.parametrize("letter", CAST)
def test_each_role_does_nothing_that_the_table_does_not_say(site: Site, letter: str) -> None:
    visitor, addresses = site.signed_in(CAST[letter]), _addresses(site) | {"key": "cwmafon"}
    done = {}
    for route in _in_the_matrix("POST"):
        if letter not in _reached(route):
            # One of the acts that a template knows: what no page sends is refused before.
            status = _ask(visitor, route, addresses, READ | {"page-action": "write"})[0]
            if status != 404:
                done[route] = status
    assert done == {}


def test_the_table_of_the_matrix_knows_every_kind_of_route() -> None:
    assert set(REACHED) == set(ROUTES.values()) - {ANYBODY}
    assert set(REACHED_OTHERWISE) <= set(ROUTES)


def _in_the_matrix(method: str) -> list[str]:
    return [
        route
        for route, who in ROUTES.items()
        if route.startswith(method) and who not in (ANYBODY, SIGNED_IN)
    ]


def _reached(route: str) -> str:
    if route.startswith("GET") and any(part in route for part in NOT_HERE):
        return ""
    return REACHED_OTHERWISE.get(route, REACHED[ROUTES[route]])


def test_nobody_signs_in_with_one_click_where_nothing_is_a_demonstration(site: Site) -> None:
    use_sign_in(**LIMITS, demonstration=False)
    visitor = site.visitor()
    page = visitor.get("/sign-in").get_data(as_text=True)
    assert "Carys Morgan" not in page
    account = str(site.people["Carys Morgan"].account_id)
    assert visitor.post("/sign-in/as", {"account": account}).status_code == 404


def _ask(
    visitor: Visitor, route: str, addresses: dict[str, str], more: dict[str, str] | None = None
) -> tuple[int, str]:
    method, path = route.split(" ", 1)
    # A paper comes as other kinds of file than rows do.
    path = path.replace("paper.<kind>", "paper.docx").replace("chart.<kind>", "chart.svg")
    path = path.replace("files/<path:path>", "files/forms/media_enquiry.json")
    for name, value in addresses.items():
        for kind in ("uuid:", "path:", "int:", ""):
            path = path.replace(f"<{kind}{name}>", value)
    assert "<" not in path
    answer = visitor.get(path) if method == "GET" else visitor.post(path, SENT | (more or {}))
    return answer.status_code, answer.headers.get("Location", "")


def _addresses(site: Site) -> dict[str, str]:
    """Return a case that was played to its end, with a task, a document and an appointment."""
    page = site.played_to_its_end("Ffion Hughes")
    case_id = page.summary.id
    consent = next(one for one in page.documents if one.catalogue == "F-45")
    return {
        "case_id": str(case_id),
        "instance_id": str(page.instances[0].id),
        "task_id": str(page.closed_tasks[0].id),
        "document_id": str(consent.id),
        "form": "consent",
        "section": "parents",
        "name": "consent",
        "path": "parents",
        "kind": "csv",
        "appointment_id": str(page.people[0].id),
        "upload_id": str(uuid.uuid4()),
        "incident_id": str(uuid.uuid4()),
        "notice_id": str(uuid.uuid4()),
        "note_id": str(_note(site, case_id)),
        "code_id": str(uuid.uuid4()),
        "face": "anonymised",
        "proceeding_id": str(_proceeding(case_id, site)),
        "proposal_id": str(_proposal(site, case_id)),
        "act": "reopen",
        "meeting_id": str(_meeting(site)),
        "number": "1",
        "view_id": str(uuid.uuid4()),
        "adoption_id": str(_adoption(site)),
        "key": str(uuid.uuid4()),
        "account_id": str(site.people["Kyffin Davies"].account_id),
        "absence_id": str(uuid.uuid4()),
        "file": "processes/roles.toml",
        "draft_id": str(_draft(site)),
        "decision": "DR-01",
        "row": "dr_01_rule_2",
        "column": "dr_01_type",
        "timescale": "TS-46",
        "fact": "new",
        "milestone": "recommended",
        "letter": "clock_stage",
        "reading": "TS-46",
        "form_id": "consent",
        "part_id": "parents",
        "process": "concise_review",
        "flow": "report_is_accepted_to_publish_report",
        "gateway": "report_is_accepted",
        "element": "name_learning",
    }


def _draft(site: Site) -> uuid.UUID:
    """Return a draft of the Board's variation, begun once."""
    designer = site.people["Catrin Sayer"]
    for line in engine.variations_page("cwmafon", designer).drafts:
        return line.id
    begun = engine.begin_draft("cwmafon", "draft_2011", "A draft", designer)
    # It departs from a proposed reading, so that there is a page on which to say why.
    longer = b'[TS-46]\nlength = "P4M"\n'
    engine.save_draft_file(begun, "processes/timescales.toml", longer, 0, designer)
    return begun
    draft = engine.begin_draft("cwmafon", "draft_2011", "A draft", designer)
    number = engine.begin_sandbox(draft, "consultation", date(2026, 6, 1), designer)
    engine.keep_scenario(draft, number, "Begun", designer)
    return draft


def _proposal(site: Site, case_id: uuid.UUID) -> uuid.UUID:
    """Return a proposal on the case, made once."""
    coordinator = site.people["Ffion Hughes"]
    for line in engine.case_proposals(case_id, coordinator):
        return line.id
    correction = engine.Correction("reopen")
    page = engine.correction_page(case_id, correction, coordinator)
    seen = page.outlook.consequences.fingerprint
    made = engine.put_right(case_id, correction, "because", seen, coordinator)
    assert made is not None
    return made


def _adoption(site: Site) -> uuid.UUID:
    """Return a review that is being put on record, begun once."""
    coordinator = site.people["Ffion Hughes"]
    chosen = next(one for one in engine.adoptable(coordinator) if one.process == "referral")
    return engine.begin_adoption(
        chosen.process, chosen.board_id, engine.Beginning(), coordinator, "access"
    )


def _proceeding(case_id: uuid.UUID, site: Site) -> uuid.UUID:
    """Return proceedings beside the case, recorded once."""
    content = engine.ProceedingContent("inquest", "opened", date(2026, 3, 2), None)
    coordinator = site.people["Ffion Hughes"]
    return engine.record_proceeding(case_id, content, coordinator, f"access {case_id}")


def _note(site: Site, case_id: uuid.UUID) -> uuid.UUID:
    """Return a note of the case, recorded once."""
    coordinator = site.people["Ffion Hughes"]
    visibility = engine.case_notes(case_id, coordinator).classes[0].key
    content = engine.NoteContent("note", date(2026, 3, 2), "", "A note.", visibility)
    return engine.record_note(case_id, content, coordinator, f"access {case_id}")


def _meeting(site: Site) -> uuid.UUID:
    """Return a meeting of the steering group with an item of its own, planned once."""
    coordinator = site.people["Ffion Hughes"]
    board = engine.list_meetings(coordinator).choices[0].board_key
    day = engine.today_page(coordinator).today
    plan = engine.MeetingPlan(day, "14:00", "Town Hall")
    made = engine.plan_meeting(board, "steering_group", "", plan, coordinator, "access")
    page = engine.meeting_page(made, coordinator)
    if not page.own:
        item = engine.MeetingItemContent("Dates of next year")
        engine.add_meeting_item(made, item, coordinator, seen=page.line.version)
    return made
